"""How the workers find a function that a Python program registers: by its module, or by its source."""

from __future__ import annotations

import inspect
import itertools
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from .._definition import definition_of
from .._function_spec import specify
from ..errors import SourceError, UdfError
from ..functions import UserDefinedFunction
from .module_source import module_source

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Registration:
    """A function as SQL knows it: `target` is `module.attribute`, found with `folders` on the path."""

    name: str
    target: str
    folders: tuple[str, ...]


def locate(thing: Any, name: str | None, private_folder: Path) -> Registration | None:
    """The registration of a function; None where `thing` is data.

    A function of the main script or of a notebook is written to a module in `private_folder`.

    Raises:
        UdfError: UDF_SOURCE where workers cannot get it; what its types raise, before any SQL is run.
        SourceError: REGISTER_NAME for data without a name.
    """
    definition = definition_of(thing)
    if definition is None and not _is_function(thing):
        if name is None:
            raise SourceError(
                "REGISTER_NAME",
                f"{type(thing).__name__} is no function, so it needs a name.",
                hint='Write con.register("name", data).',
            )
        return None
    module = sys.modules[_module_name(thing)]
    attribute = _attribute(thing, module)
    own_name = (definition and definition.name) or attribute.rpartition(".")[2]
    specify(name or own_name, thing)
    if module.__name__ != "__main__":
        return Registration(name or own_name, f"{module.__name__}.{attribute}", module_folders(module))
    source, modules = module_source(attribute, vars(module))
    private = f"registered_{next(_numbers)}"
    (private_folder / f"{private}.py").write_text(source, encoding="utf-8")
    folders = {folder: None for used in modules for folder in module_folders(used)}
    return Registration(name or own_name, f"{private}.{attribute}", (*folders, str(private_folder)))


def module_folders(module: ModuleType) -> tuple[str, ...]:
    """The folder that has to be on the path for a module: none for what is installed with Python."""
    file = getattr(module, "__file__", None)
    if file is None:
        return ()
    path = Path(file).resolve()
    depth = module.__name__.count(".") + (path.name == "__init__.py")
    folder = path.parents[depth]
    installed = {sysconfig.get_path(key) for key in ("stdlib", "platstdlib", "purelib", "platlib")}
    is_installed = any(folder.is_relative_to(Path(place).resolve()) for place in installed)
    return () if is_installed else (str(folder),)


def _is_function(thing: Any) -> bool:
    if inspect.isclass(thing):
        return issubclass(thing, UserDefinedFunction)
    return inspect.isfunction(thing) or isinstance(thing, UserDefinedFunction)


def _module_name(thing: Any) -> str:
    """Where it was defined; an instance is looked for in the module of its class, and in the main one."""
    if inspect.isfunction(thing) or inspect.isclass(thing):
        return thing.__module__
    of_class = type(thing).__module__
    return of_class if _name_in(thing, sys.modules[of_class]) else "__main__"


def _attribute(thing: Any, module: ModuleType) -> str:
    name = _name_in(thing, module)
    if name is not None:
        return name
    called = getattr(thing, "__qualname__", type(thing).__qualname__)
    raise UdfError(
        "UDF_SOURCE",
        f"`{called}` has no name of its own in module `{module.__name__}`, so workers cannot import it.",
        hint="Define it at the top level of a module or of a cell, under one name.",
    )


def _name_in(thing: Any, module: ModuleType) -> str | None:
    preferred = getattr(thing, "__name__", "")
    if vars(module).get(preferred) is thing:
        return str(preferred)
    named = (name for name, value in vars(module).items() if value is thing and not name.startswith("_"))
    return next(named, None)
