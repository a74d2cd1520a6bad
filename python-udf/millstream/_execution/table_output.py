"""Which columns a table stage answers with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .._types import DataType
from .call import Call
from .codec.nested import RowCodec


@dataclass(frozen=True)
class TableOutput:
    """What of the results is wanted. `steps`: as `resultSteps` of `open_function_stage`."""

    steps: Sequence[int]
    #: Fields of the table function's rows; None: all.
    fields: Sequence[int] | None = None
    #: Which rows of the bundle they belong to.
    parents: bool = True

    def fields_of(self, codec: RowCodec) -> tuple[int, ...]:
        """The wanted fields of a table function with the columns of `codec`."""
        return tuple(range(len(codec.children))) if self.fields is None else tuple(self.fields)

    def types(self, calls: Sequence[Call], codec: RowCodec) -> list[DataType]:
        """The types of the result columns of a stage whose last call is the table function."""
        types: list[DataType] = []
        for step in self.steps:
            if step == calls[-1].step:
                types += [codec.data_type.fields[field].type for field in self.fields_of(codec)]
            else:
                types.append(calls[step].type)
        return types
