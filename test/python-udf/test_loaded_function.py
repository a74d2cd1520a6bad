"""Functions of a job: when the user's `open` is called."""

from __future__ import annotations

from typing import Any

from millstream import TableFunction, udtf
from millstream._execution.loaded_function import LoadedFunction
from millstream._function_spec import specify
from millstream.context import FunctionContext


def test_an_instance_is_opened_also_where_others_before_it_were_never_closed() -> None:
    for _ in range(50):
        loaded = LoadedFunction("f", "udfs.f", specify("f", _counting()))
        loaded.open(FunctionContext(function="f"))
        assert loaded.spec.instance is not None
        assert loaded.spec.instance.opened


def _counting() -> Any:
    class Counting(TableFunction):
        opened = False

        def open(self, function_context: Any) -> None:
            self.opened = True

        def eval(self, x: int) -> int:
            return x

    return udtf(Counting(), result_types=["BIGINT"])
