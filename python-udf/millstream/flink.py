"""Functions declared with Millstream's decorators, on Apache Flink; needs PyFlink (`apache-flink`).

`CREATE FUNCTION f AS 'module.f' LANGUAGE PYTHON` takes them as they are, in PyFlink, the SQL client and the
SQL gateway: Flink asks the object that it is given, and a decorated one answers with what is made here.

What they mean there: parameters whose annotation is not Optional are not called with NULL, as here;
dataclass, NamedTuple and the other annotated results become rows; `on_error="null"` gives NULL. Options
about resources have no meaning on Flink. What cannot be kept is refused when the function is made.
"""

from __future__ import annotations

from typing import Any

from ._definition import Definition, definition_of
from ._function_spec import specify_definition
from .errors import UdfError

__all__ = ["flink_function"]


def flink_function(function: object) -> Any:
    """PyFlink's object for a function, for `create_temporary_function` of an environment.

    Args:
        function: declared with Millstream's decorators.

    Raises:
        UdfError: FLINK_UNSUPPORTED where PyFlink has no such function; UDF_DECLARATION for an object that no
            decorator declared; as in a job where its methods or types are missing or wrong.
    """
    definition = definition_of(function)
    if definition is None:
        raise UdfError(
            "UDF_DECLARATION",
            f"{function!r} was not declared with a decorator of Millstream.",
            hint="Give PyFlink its own functions as they are.",
        )
    return _adapted(definition)


def java_function(definition: Definition) -> Any:
    """What Flink's planner is given for the function."""
    return _adapted(definition)._java_user_defined_function()


def _adapted(definition: Definition) -> Any:
    from ._flink.adapted import adapted

    target = definition.target
    name = definition.name or str(getattr(target, "__name__", type(target).__name__))
    return adapted(name, specify_definition(name, definition))
