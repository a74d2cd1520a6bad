"""A function with the variables that it uses, as a pickle and a module that reads it: for functions that are
neither in a module nor can be written down as source."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import pickletools
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from .._captured_variables import is_importable, unpicklable
from .._definition import definition_of
from .._pickled_function import python_version
from .._types import type_hints
from ..errors import UdfError

#: The name of the function in its module.
ATTRIBUTE = "function"


def write_pickled(name: str, thing: Any, module_file: Path) -> list[ModuleType]:
    """Writes `module_file` and the pickle beside it; gives the modules that the function needs.

    Raises:
        UdfError: UDF_SERIALIZE, naming the variable that cannot be pickled and its type.
    """
    pickled = _pickled(name, thing)
    module_file.with_suffix(".pickle").write_bytes(pickled)
    sha256 = hashlib.sha256(pickled).hexdigest()
    module_file.write_text(
        f'"""Function `{name}`, with the variables that it uses."""\n\n'
        "from millstream._pickled_function import read_function\n\n"
        f'{ATTRIBUTE} = read_function(__file__, {name!r}, "{sha256}", "{python_version()}")\n',
        encoding="utf-8",
    )
    return _modules_in(pickled)


def _pickled(name: str, thing: Any) -> bytes:
    try:
        cloudpickle: Any = importlib.import_module("cloudpickle")
    except ImportError:
        raise UdfError(
            "UDF_SERIALIZE",
            f"Function `{name}` can only be sent to the workers together with the variables that it uses, "
            "and that needs cloudpickle.",
            hint='pip install "millstream[closures]", or put the function into a .py file and import it.',
        ) from None
    target = _target(thing)
    try:
        with _evaluated_annotations(target):
            return bytes(cloudpickle.dumps(thing))
    except UdfError:
        raise
    except Exception as error:
        found = unpicklable(target)
        what, reason = f"Function `{name}`", str(error)
        if found is not None:
            kind = f"{type(found.value).__module__}.{type(found.value).__qualname__}".removeprefix(
                "builtins."
            )
            what += f" uses {found.name} (a value of type {kind}), which"
            reason = found.reason
        raise UdfError(
            "UDF_SERIALIZE",
            f"{what} cannot be sent to the workers: {reason}.",
            hint="Make it inside the function or in `open` of a function class, or put both into a .py file: "
            "each worker imports it.",
        ) from error


def _target(thing: Any) -> Any:
    definition = definition_of(thing)
    return thing if definition is None else definition.target


@contextmanager
def _evaluated_annotations(target: Any) -> Iterator[None]:
    """Annotations that are text are given as objects while the function is pickled: the names in them do not
    travel, as its code does not use them."""
    replaced: list[tuple[Any, Any]] = []
    for annotated in _annotated(target):
        before = annotated.__annotations__
        if any(isinstance(annotation, str) for annotation in before.values()):
            hints = type_hints(annotated, f"function `{annotated.__qualname__}`")
            replaced.append((annotated, before))
            annotated.__annotations__ = hints
    try:
        yield
    finally:
        for annotated, before in replaced:
            annotated.__annotations__ = before


def _annotated(target: Any) -> Iterator[Any]:
    if isinstance(target, FunctionType):
        yield target
        return
    owner = target if inspect.isclass(target) else type(target)
    if not is_importable(owner):
        yield from (method for method in vars(owner).values() if isinstance(method, FunctionType))


def _modules_in(pickled: bytes) -> list[ModuleType]:
    """Modules that a pickle names: their folders have to be on the path where it is read."""
    texts = {argument for _, argument, _ in pickletools.genops(pickled) if isinstance(argument, str)}
    return [sys.modules[text] for text in sorted(texts) if text in sys.modules and text != "__main__"]
