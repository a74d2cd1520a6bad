"""Rows that a process function gave: those of its result, and those of its side outputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from .._near_names import did_you_mean
from .._types import DataType, parse_type
from ..errors import UdfError
from ..output_tag import OutputTag
from .call import Call
from .codec import Mismatch, codec_for
from .table_rows import RowForm, row_codec


class GivenRows:
    """Rows in the order in which they were given; as columns they are those of the result, then the tag of a
    row (NULL: it is of the result), then those of each side output. Without side outputs there are those of
    the result alone."""

    def __init__(self, call: Call) -> None:
        codec = row_codec(call)
        self._call = call
        self._tags = call.loaded.spec.side_outputs
        self._numbers = {tag.tag_id: number for number, tag in enumerate(self._tags, start=1)}
        self.form = RowForm(call, codec)
        codecs = [codec_for(tag.type, call.dialect) for tag in self._tags]
        self._forms = [self.form, *(RowForm(call, side) for side in codecs)]  # type: ignore[arg-type]
        self.types: list[DataType] = [field.type for field in codec.data_type.fields]
        if self._tags:
            self.types.append(parse_type("STRING"))
            self.types += [field.type for tag in self._tags for field in tag.type.fields]
        self.clear()

    def clear(self) -> None:
        """Forgets all rows."""
        self._rows: list[Any] = []
        #: For each row the number of its side output; 0: it is of the result.
        self._outputs: list[int] = []

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, row: Any) -> None:
        """Takes a row, or a pair of a tag and a row.

        Raises:
            UdfError: UDF_SIDE_OUTPUT.
        """
        number = 0
        if type(row) is tuple and len(row) == 2 and isinstance(row[0], OutputTag):
            number, row = self._number(row[0]), row[1]
        self._rows.append(row)
        self._outputs.append(number)

    def columns(self, places: Sequence[int | None]) -> list[pa.Array]:
        """The rows at `places`; None: a row of NULLs.

        Raises:
            UdfError: UDF_RETURN_TYPE, UDF_RETURN_COLUMNS.
        """
        own = self._taken(0, places)
        if not self._tags:
            return own
        names = [None, *(tag.tag_id for tag in self._tags)]
        tags = [None if place is None else names[self._outputs[place]] for place in places]
        sides = [column for number in range(1, len(names)) for column in self._taken(number, places)]
        return [*own, pa.array(tags, pa.string()), *sides]

    def _taken(self, number: int, places: Sequence[int | None]) -> list[pa.Array]:
        chosen = [row for row, output in enumerate(self._outputs) if output == number]
        position = {row: i for i, row in enumerate(chosen)}
        taken = pa.array([None if place is None else position.get(place) for place in places], pa.int32())
        try:
            columns = self._forms[number].columns([self._rows[row] for row in chosen])
        except Mismatch as mismatch:
            raise self._call.misfit(mismatch, None, None if number == 0 else self._tags[number - 1]) from None
        return [column.take(taken) for column in columns]

    def _number(self, tag: OutputTag) -> int:
        number = self._numbers.get(tag.tag_id)
        if number is not None:
            return number
        name = self._call.name
        known = ", ".join(self._numbers) or "none"
        raise UdfError(
            "UDF_SIDE_OUTPUT",
            f"Function `{name}` gave a row to the side output `{tag.tag_id}`, which it does not declare.",
            hint=did_you_mean(tag.tag_id, self._numbers)
            or f"Make the OutputTag an attribute of its class. It has: {known}.",
            details=self._call.details(None),
        )
