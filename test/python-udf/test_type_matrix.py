"""Every SQL type through a function of every mode, at every level, with NULL at every level."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from execution_support import scalar
from type_cases import MODES, NESTED, TYPES, TypeCase, nestings, same

from millstream import udf
from millstream._execution.codec import codec_for
from millstream._types import parse_type

for package in ("numpy", "pandas", "polars"):
    pytest.importorskip(package)


def through(function: Any, mode: str, sql: str, values: list[Any]) -> pa.Array:
    declared = udf(function, result_type=sql, batch=None if mode == "row" else mode)  # type: ignore[call-overload]
    stage = scalar(declared, [sql], sql)
    (answer,) = stage.stage.process(stage.columns(values), len(values))
    answer.columns.validate(full=True)
    return answer.columns.column(0)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", [*TYPES, *NESTED], ids=lambda case: case.sql)
def test_a_column_survives_a_function_that_gives_it_back(mode: str, case: TypeCase) -> None:
    for nested in nestings(case):
        data_type = parse_type(nested.sql)
        codec = codec_for(data_type)
        full = [v for v in nested.values if v is not None]
        for values in ([*nested.values], full, [], [None, None]):
            result = through(lambda x: x, mode, nested.sql, values)

            assert result.type == codec.arrow_type, nested.sql
            decoded = list(codec.decode(result))
            assert same(decoded, values), f"{nested.sql}: {decoded} is not {values}"
