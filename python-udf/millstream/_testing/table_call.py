"""A call of a function over tables: its rows as the engine would ship them, group by group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._execution import Answer
from .._execution.codec import codec_for
from .._function_spec import FunctionSpec
from .._types import from_arrow
from .._worker.instructions import CallArgument, ColumnArgument, TableArgument
from ..errors import UdfError
from .bundles import Bundle, cut
from .constant import constant
from .ordered_rows import OrderedRows, as_table


class TableCall:
    """Tables divided by `partition_by`, each group in the order of `order_by`, and constants by name.

    Raises:
        UdfError: UDF_TEST_KIND where the function does not take so many tables.
    """

    def __init__(
        self,
        spec: FunctionSpec,
        tables: Sequence[Any],
        partition_by: Sequence[str],
        order_by: Sequence[str],
        arguments: Mapping[str, Any],
    ) -> None:
        wanted = _tables_of(spec)
        if len(tables) != wanted or wanted == 0:
            raise UdfError(
                "UDF_TEST_KIND",
                f"This {spec.definition.kind} function takes {wanted} tables, and {len(tables)} are given.",
                hint="Give a table for each parameter that is one."
                if wanted
                else "Use call_rows: its arguments are values.",
            )
        self._spec = spec
        self._keys = list(partition_by)
        self._input = OrderedRows([as_table(table) for table in tables], self._keys, list(order_by))
        self.types = [from_arrow(column.type) for column in self._input.columns]
        names, given = self._arguments(arguments)
        tagged = {"tag_column": len(self._keys)} if wanted > 1 else {}
        self.options: dict[str, Any] = {
            "arguments": given,
            "argument_names": names,
            "key_columns": list(range(len(self._keys))),
            **tagged,
        }

    def bundles(self, batch_rows: int | None) -> Iterator[Bundle]:
        """The rows in bundles of `batch_rows`; None: in one."""
        columns = [
            column.cast(codec_for(data_type).arrow_type)
            for column, data_type in zip(self._input.columns, self.types, strict=True)
        ]
        groups = self._input.groups
        return cut(columns, self._input.rows, batch_rows, lambda row: groups[row - 1] == groups[row])

    def rows(self, answers: Iterator[tuple[Bundle, Answer]]) -> list[tuple[Any, ...]]:
        """Result rows: the keys of their group, then what the function gave."""
        results: list[tuple[Any, ...]] = []
        types = [*self.types[: len(self._keys)], *(field.type for field in self._spec.result.fields)]
        for bundle, answer in answers:
            keys = bundle.columns[: len(self._keys)]
            own = [] if answer.columns is None else answer.columns.columns
            columns = [*(key.take(answer.selection) for key in keys), *own]
            decoded = [list(codec_for(t).decode(c)) for t, c in zip(types, columns, strict=True)]
            results += zip(*decoded, strict=True)
        return results

    def _arguments(self, constants: Mapping[str, Any]) -> tuple[list[str | None], list[CallArgument]]:
        if self._spec.definition.kind == "table_aggregate":
            columns = [
                i for i, name in enumerate(self._input.names_of(0), len(self._keys)) if name not in self._keys
            ]
            return [None] * len(columns), [ColumnArgument(column) for column in columns]
        names: list[str | None] = []
        given: list[CallArgument] = []
        places = [parameter.name for parameter in self._spec.parameters if parameter.table is not None]
        for member, parameter in enumerate(places):
            first = self._input.first_column(member)
            own = self._input.names_of(member)
            names.append(parameter)
            given.append(TableArgument(member, list(range(first, first + len(own))), own))
        parameters = {parameter.name: parameter.type for parameter in self._spec.parameters}
        for name, value in constants.items():
            names.append(name)
            given.append(constant(name, value, parameters.get(name)))
        return names, given


def _tables_of(spec: FunctionSpec) -> int:
    if spec.definition.kind == "table_aggregate":
        return 1
    return sum(parameter.table is not None for parameter in spec.parameters)
