"""Built-in SQL functions that DuckDB cannot say as Flink means them, computed over Arrow columns.

They run inside the relational worker. The planner writes them into its SQL under names that begin with
`flink_`; EXPLAIN names them for each stage.
"""

from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duckdb import DuckDBPyConnection

    from .sql_function import SqlFunction

# The module of each function: only those that a statement calls are imported.
MODULES = {
    "flink_convert_tz": "dates",
    "flink_date_format": "dates",
    "flink_parse_date": "dates",
    "flink_parse_timestamp": "dates",
    "flink_parse_timestamp_or_fail": "dates",
    "flink_zoned_micros": "dates",
    "flink_decimal_difference": "decimals",
    "flink_decimal_product": "decimals",
    "flink_decimal_quotient": "decimals",
    "flink_decimal_sum": "decimals",
    "flink_encode": "encoding",
    "flink_decode": "encoding",
    "flink_from_base64": "encoding",
    "flink_sha2": "encoding",
    "flink_regexp": "regular_expressions",
    "flink_regexp_count": "regular_expressions",
    "flink_regexp_extract": "regular_expressions",
    "flink_regexp_extract_all": "regular_expressions",
    "flink_regexp_instr": "regular_expressions",
    "flink_regexp_replace": "regular_expressions",
    "flink_similar": "regular_expressions",
    "flink_str_to_map": "regular_expressions",
    "flink_split_whitespace": "text",
    "flink_is_json": "json_queries",
    "flink_json_exists": "json_queries",
    "flink_json_query": "json_queries",
    "flink_json_query_array": "json_queries",
    "flink_json_quote": "json_queries",
    "flink_json_unquote": "json_queries",
    "flink_json_value": "json_queries",
    "flink_json_array": "json_values",
    "flink_json_array_of": "json_values",
    "flink_json_object": "json_values",
    "flink_json_object_of": "json_values",
    "flink_json_string": "json_values",
    "flink_percentile_of": "percentiles",
    "flink_percentiles_of": "percentiles",
    "flink_inet_aton": "text",
    "flink_printf": "printf",
    "flink_parse_url": "urls",
    "flink_url_decode": "urls",
    "flink_url_encode": "urls",
}
_CALL = re.compile(r"\b(flink_\w+)\(")


def called(sql: str) -> set[str]:
    """The functions of this package that a statement may call."""
    return {name for name in _CALL.findall(sql) if name in MODULES}


def find(name: str) -> SqlFunction:
    """A function by the name it has in SQL."""
    functions: dict[str, SqlFunction] = importlib.import_module(f".{MODULES[name]}", __package__).FUNCTIONS
    return functions[name]


def register(connection: DuckDBPyConnection, names: Iterable[str]) -> None:
    """Makes functions known to a DuckDB connection."""
    # Their own module: `duckdb.functional` would import the package around it.
    from _duckdb import _func

    from .numpy_stand_in import numpy_stand_in

    with numpy_stand_in():
        for name in sorted(names):
            function = find(name)
            connection.create_function(
                name,
                function.over_columns,
                None,
                connection.type(function.result),
                type=_func.PythonUDFType.ARROW,
                null_handling=_func.FunctionNullHandling.SPECIAL,
            )
