"""The functions that a file declares."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from .._definition import definition_of
from .._function_spec import FunctionSpec, specify
from .._near_names import did_you_mean
from .._source_place import source_place
from .._user_error import user_error
from ..errors import ErrorDetails, MillstreamError, UdfError


def import_file(file: Path) -> ModuleType:
    """Imports a file by its name, as a worker does.

    Raises:
        UdfError: UDF_IMPORT.
    """
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise UdfError(
            "UDF_IMPORT", f"{file} is no Python file.", hint="Name a .py file.", details=ErrorDetails()
        )
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise user_error(error, file.stem, f"to import module `{file.stem}`", code="UDF_IMPORT") from error
    return module


def declared(module: ModuleType, only: str | None = None) -> Iterator[tuple[str, Any]]:
    """Names and objects of the functions of a module that are written in it.

    Raises:
        UdfError: UDF_NOT_FOUND where `only` is none of them.
    """
    own = {
        name: value
        for name, value in vars(module).items()
        if definition_of(value) is not None and _is_own(module, value)
    }
    if only is not None and only not in own:
        raise UdfError(
            "UDF_NOT_FOUND",
            f"{module.__file__} declares no function `{only}`.",
            hint=did_you_mean(only, own) or f"It declares {', '.join(own) or 'none'}.",
            details=ErrorDetails(function=only, file=module.__file__),
        )
    return iter([(only, own[only])] if only is not None else list(own.items()))


def specified(name: str, value: Any) -> FunctionSpec:
    """All about a function. Raises what `specify` raises, with its place."""
    try:
        return specify(name, value)
    except MillstreamError as error:
        error.add_details(function=name, **place_of(value))
        raise


def place_of(value: Any) -> dict[str, Any]:
    """File and line of a declared function."""
    definition = definition_of(value)
    return source_place(value if definition is None else definition.target)


def _is_own(module: ModuleType, value: Any) -> bool:
    file = place_of(value)["file"]
    return file is None or os.path.abspath(file) == os.path.abspath(str(module.__file__))
