"""Functions of a job inside this process: imported once, opened while a stage uses them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .. import _pyflink
from .._describe import declaration_of
from .._function_spec import FunctionSpec
from .._loading import extend_path, load
from .._user_error import user_error
from ..context import FunctionContext, enter_context
from .event_loop import call_in_loop


class LoadedFunction:
    """A user's function under the name the job gave it."""

    def __init__(self, name: str, target: str, spec: FunctionSpec) -> None:
        self.name = name
        self.spec = spec
        #: Of the stage that opened the function first.
        self.context = FunctionContext(function=name)
        self._stages = 0
        #: Reply form: the fields of `FunctionDeclaration` by their names on the wire, JSON-able.
        self.declaration: dict[str, Any] = declaration_of(name, target, spec)

    def open(self, context: FunctionContext) -> None:
        """Called by each stage that uses the function; the first one calls the user's `open`.

        Raises:
            UdfError: UDF_EXCEPTION.
        """
        instance = self.spec.instance
        if self._stages == 0:
            self.context = context
        self._stages += 1
        if instance is None:
            return
        _, stages = _STAGES.get(id(instance), (instance, 0))
        if stages == 0 and hasattr(instance, "open"):
            enter_context(self.context)
            try:
                self._call(instance.open, self.context)
            except Exception as error:
                self._stages -= 1
                raise user_error(error, self.name, "in `open`") from error
            finally:
                enter_context(None)
        _STAGES[id(instance)] = (instance, stages + 1)

    def close(self) -> None:
        """Called by each stage that ends; the last one calls the user's `close`.

        Raises:
            UdfError: UDF_EXCEPTION.
        """
        self._stages -= 1
        instance = self.spec.instance
        if instance is None:
            return
        _, stages = _STAGES.pop(id(instance))
        if stages > 1:
            _STAGES[id(instance)] = (instance, stages - 1)
            return
        if not hasattr(instance, "close"):
            return
        enter_context(self.context)
        try:
            self._call(instance.close)
        except Exception as error:
            raise user_error(error, self.name, "in `close`") from error
        finally:
            enter_context(None)

    def _call(self, method: Callable[..., Any], *args: Any) -> None:
        """Where the function's calls run: an async one may make its client in the event loop."""
        if self.spec.form.is_async:
            call_in_loop(method, *args)
        else:
            method(*args)


#: Open stages by identity of the instance, which may be loaded again, and under several names. It is kept
#: here, so that no other one gets the same identity.
_STAGES: dict[int, tuple[object, int]] = {}


def load_functions(paths: Sequence[str], functions: Iterable[tuple[str, str]]) -> list[LoadedFunction]:
    """Imports functions given as (name, `module.attribute`) pairs, in the order asked.

    `paths` (folders, .py and .zip files, absolute) are put in front of `sys.path`, once each.

    Raises:
        UdfError: UDF_IMPORT, UDF_NOT_FOUND, UDF_NO_TYPES, UDF_TYPE and others; `error.to_wire()` is its
        JSON form.
    """
    extend_path(paths)
    _pyflink.install()
    return [LoadedFunction(name, target, load(name, target)) for name, target in functions]
