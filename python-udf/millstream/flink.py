"""Functions declared with Millstream's decorators, on Apache Flink; needs PyFlink (`apache-flink`).

What they mean there: parameters whose annotation is not Optional are not called with NULL, as here;
dataclass, NamedTuple and the other annotated results become rows; `on_error="null"` gives NULL. Options
about resources have no meaning on Flink. What cannot be kept is refused when the function is made.
"""

from __future__ import annotations

from typing import Any

from ._definition import definition_of
from ._loading import find, specified

__all__ = ["create_function", "flink_function"]


def flink_function(path: str) -> Any:
    """PyFlink's object for the function `module.attribute`, for `create_temporary_function` of an
    environment; None where it was not declared with Millstream's decorators.

    Raises:
        UdfError: FLINK_UNSUPPORTED where PyFlink has no such function; UDF_IMPORT, UDF_NOT_FOUND and the
        others of a function that cannot be declared.
    """
    name = path.rpartition(".")[2]
    declared = find(name, path)
    if definition_of(declared) is None:
        return None
    spec = specified(name, declared)
    from ._flink.adapted import adapted

    return adapted(path, spec)


def create_function(environment: Any, name: str, path: str, scope: str, statement: str) -> None:
    """Makes a function in a PyFlink environment: those of PyFlink by the statement, unchanged, ours adapted.

    Args:
        environment: a `pyflink.table.TableEnvironment`.
        name: as SQL calls it, with its catalog and database where written.
        path: `module.attribute` of the function.
        scope: `system`, `temporary` or `catalog`; a function of the catalog lasts as long as the session.
        statement: the CREATE FUNCTION it comes from.

    Raises:
        UdfError: as `flink_function`.
    """
    function = flink_function(path)
    if function is None:
        environment.execute_sql(statement)
    elif scope == "system":
        environment.create_temporary_system_function(name, function)
    else:
        environment.create_temporary_function(name, function)
