"""Imports a user's function by `module.attribute`."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from ._definition import definition_of
from ._function_spec import FunctionSpec, specify
from ._inline import is_inline, load_inline
from ._near_names import did_you_mean
from ._source_place import source_place
from ._user_error import user_error
from .errors import ErrorDetails, MillstreamError, UdfError


def extend_path(paths: Sequence[str]) -> None:
    """Puts folders and .zip files, and the folders of .py files, in front of `sys.path`; known ones are
    not moved."""
    entries = [os.path.dirname(path) if path.endswith(".py") else path for path in paths]
    new = [entry for entry in dict.fromkeys(entries) if entry not in sys.path]
    sys.path[:0] = new
    _USERS_ENTRIES.extend(new)
    if new:
        importlib.invalidate_caches()


#: What `extend_path` has put on `sys.path`.
_USERS_ENTRIES: list[str] = []


@contextmanager
def own_imports() -> Iterator[None]:
    """Imports inside do not see the users' folders: NumPy is not given a `random.py` of theirs."""
    before = sys.path[:]
    sys.path[:] = [entry for entry in before if entry not in _USERS_ENTRIES]
    try:
        yield
    finally:
        sys.path[:] = before


def load(name: str, target: str) -> FunctionSpec:
    """The function that `target` names.

    Raises:
        UdfError: as `find`, and what `describe` raises.
    """
    if is_inline(target):
        return specify(name, load_inline(name, target))
    return specified(name, find(name, target))


def find(name: str, target: str) -> Any:
    """The object that a path names: the longest importable module, then attributes of it.

    Raises:
        UdfError: UDF_IMPORT with the traceback from the user's frame on, UDF_NOT_FOUND with near names.
    """
    found: Any = _module(name, target)
    for attribute in target[len(found.__name__) + 1 :].split("."):
        if not hasattr(found, attribute):
            raise _not_found(name, target, attribute, found)
        found = getattr(found, attribute)
    return found


def specified(name: str, found: Any) -> FunctionSpec:
    """What is known of a found function; errors say where it is.

    Raises:
        UdfError: what `describe` raises.
    """
    try:
        return specify(name, found)
    except MillstreamError as error:
        declared = definition_of(found)
        error.add_details(function=name, **source_place(found if declared is None else declared.target))
        raise


def _module(name: str, target: str) -> ModuleType:
    parts = target.split(".")
    if len(parts) < 2 or not all(parts):
        raise UdfError(
            "UDF_NOT_FOUND",
            f"Function `{name}` is AS '{target}', which is not of the form module.function.",
            hint=f"Write the module in front: AS 'udfs.{target}'.",
            details=ErrorDetails(function=name),
        )
    for end in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:end])
        try:
            return importlib.import_module(module)
        except ModuleNotFoundError as error:
            missing = error.name or ""
            if not (module == missing or module.startswith(missing + ".")):
                raise _import_failed(name, module, error) from error
            if end == 1:
                raise _no_module(name, target, missing) from None
        except Exception as error:
            raise _import_failed(name, module, error) from error
    raise AssertionError("unreachable: the first part is imported or reported")


def _import_failed(name: str, module: str, error: Exception) -> MillstreamError:
    hint = (
        f"Install the package that has it into the workers' Python, {sys.executable}, or name another one "
        "with python.executable."
        if isinstance(error, ModuleNotFoundError)
        else "Correct the module: each worker imports it before its first row."
    )
    return user_error(error, name, f"to import module `{module}`", code="UDF_IMPORT", hint=hint)


def _no_module(name: str, target: str, module: str) -> UdfError:
    folders = [Path(entry or ".") for entry in sys.path if os.path.isdir(entry or ".")]
    modules = [path.stem for folder in folders[:8] for path in folder.glob("*.py")]
    near = did_you_mean(module, modules)
    return UdfError(
        "UDF_IMPORT",
        f"Function `{name}` is AS '{target}', but there is no module `{module}`.",
        hint=near or "Put the file beside the job, or name its folder in python.files.",
        details=ErrorDetails(function=name),
    )


def _not_found(name: str, target: str, attribute: str, owner: Any) -> UdfError:
    declared = [key for key, value in vars(owner).items() if definition_of(value) is not None]
    public = [key for key in vars(owner) if not key.startswith("_")]
    near = did_you_mean(attribute, declared) or did_you_mean(attribute, public)
    functions = (
        f"Its functions are {', '.join(sorted(declared))}." if declared else "It declares no functions."
    )
    place = getattr(owner, "__file__", None) or owner.__name__
    return UdfError(
        "UDF_NOT_FOUND",
        f"Function `{name}` is AS '{target}', but {place} has no `{attribute}`.",
        hint=near or functions,
        details=ErrorDetails(function=name, file=getattr(owner, "__file__", None)),
    )
