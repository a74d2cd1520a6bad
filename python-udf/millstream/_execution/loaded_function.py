"""Functions of a job inside this process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


class LoadedFunction:
    """A user's function under the name the job gave it."""

    name: str
    #: Reply form: the fields of `FunctionDeclaration` by their names on the wire (camelCase), JSON-able.
    declaration: dict[str, Any]


def load_functions(paths: Sequence[str], functions: Iterable[tuple[str, str]]) -> list[LoadedFunction]:
    """Imports functions given as (name, `module.attribute`) pairs, in the order asked.

    `paths` (folders, .py and .zip files, absolute) are put in front of `sys.path`, once each.

    Raises:
        UdfError: UDF_IMPORT, UDF_NOT_FOUND, UDF_NO_TYPES, UDF_TYPE and others; `error.to_wire()` is its JSON form.
    """
    raise NotImplementedError
