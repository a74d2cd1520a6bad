"""How the workers find a function that a Python program registers: by its module, by its source, or as a
pickle with the variables that it uses."""

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
from ..errors import SourceError
from ..functions import UserDefinedFunction
from .module_source import NotSource, module_source
from .pickled_source import ATTRIBUTE, write_pickled

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Registration:
    """A function as SQL knows it: `target` is `module.attribute`, found with `folders` on the path."""

    name: str
    target: str
    folders: tuple[str, ...]


def locate(thing: Any, name: str | None, private_folder: Path) -> Registration | None:
    """The registration of a function; None where `thing` is data.

    A function of the main script or of a notebook, and one with variables of its own, is written to a module
    in `private_folder`.

    Raises:
        UdfError: UDF_SERIALIZE where workers cannot get it; what its types raise, before any SQL is run.
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
    module = sys.modules.get(_module_name(thing), sys.modules["__main__"])
    attribute = _name_in(thing, module)
    called = name or (definition and definition.name) or attribute or _own_name(thing)
    specify(called, thing)
    if attribute is not None and module.__name__ != "__main__":
        return Registration(called, f"{module.__name__}.{attribute}", module_folders(module))
    file = private_folder / f"registered_{next(_numbers)}.py"
    sent, modules = _write(called, thing, attribute, module, file)
    folders = {folder: None for used in modules for folder in module_folders(used)}
    return Registration(called, f"{file.stem}.{sent}", (*folders, str(private_folder)))


def _write(
    name: str, thing: Any, attribute: str | None, module: ModuleType, file: Path
) -> tuple[str, list[ModuleType]]:
    """Writes the module of a function; gives its attribute there and the modules that it needs."""
    if attribute is not None:
        try:
            source, modules = module_source(attribute, vars(module))
            file.write_text(source, encoding="utf-8")
            return attribute, modules
        except NotSource:
            pass
    return ATTRIBUTE, write_pickled(name, thing, file)


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
    module = sys.modules.get(of_class)
    return of_class if module is not None and _name_in(thing, module) else "__main__"


def _own_name(thing: Any) -> str:
    """Of something that no variable of a module holds."""
    name = getattr(thing, "__name__", type(thing).__name__)
    if name.isidentifier():
        return str(name)
    raise SourceError(
        "REGISTER_NAME",
        f"The function {name} has no name.",
        hint='Write con.register("name", function).',
    )


def _name_in(thing: Any, module: ModuleType) -> str | None:
    preferred = getattr(thing, "__name__", "")
    if vars(module).get(preferred) is thing:
        return str(preferred)
    named = (name for name, value in vars(module).items() if value is thing and not name.startswith("_"))
    return next(named, None)
