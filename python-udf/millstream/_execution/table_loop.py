"""The loop that takes in the rows of a table function, generated for its columns."""

from __future__ import annotations

from array import array as packed_array
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from types import GeneratorType
from typing import Any, Protocol, cast


class TableLoop(Protocol):
    """Takes the rows of calls to the ends of `columns` until those have `most` rows.

    After each call `ends` gets their length. Where a row is no tuple of the right width stands None, and
    `others` has it with its place. `rows_of` makes rows of a result that is no generator. Returns an iterator
    over what is left of the last call, or None when `results` has ended.

    `is_rest`: the first result is what such an iterator left, so it is not padded.
    """

    def __call__(
        self,
        results: Iterable[Any],
        rows_of: Callable[[Any], Iterable[Any]],
        columns: Sequence[list[Any]],
        ends: packed_array[int],
        others: list[tuple[int, Any]],
        most: int,
        is_rest: bool,
    ) -> Iterator[Any] | None: ...


@lru_cache(maxsize=256)
def table_loop(width: int, kept: tuple[int, ...], outer: bool, are_tuples: bool = False) -> TableLoop:
    """The loop for rows of `width` fields, of which those of `kept`, at least one, become columns.

    A table of one column keeps its rows as they are. `outer`: a call without rows has the row None.
    `are_tuples`: all rows are tuples of this width; it is not looked at.
    """
    columns = [f"c{field}" for field in kept]
    values = [f"v{field}" for field in kept]
    taken = f"len({columns[0]})"
    append = "; ".join(f"{c}.append({v})" for c, v in zip(columns, values, strict=True))
    append_other = f"others.append(({taken}, row)); {' = '.join(values)} = None; {append}"
    fields = ", ".join(f"v{field}" if field in kept else "_" for field in range(width))
    unpack = [f"if type(row) is tuple: {fields} = row; {append}", f"else: {append_other}"]
    if width == 1 or are_tuples:
        unpack = [f"{fields if width > 1 else 'v0'} = row; {append}"]
    lines = [
        "def take(results, rows_of, columns, ends, others, most, is_rest):",
        f"    {', '.join(columns)}, = columns",
        "    row, before = None, -1 if is_rest else 0",
        "    try:",
        "        for result in results:",
        "            rows = result if type(result) is GeneratorType else iter(rows_of(result))",
        "            for row in rows:",
        *(f"                {line}" for line in unpack),
        f"                if {taken} == most: return rows",
        *(
            [
                f"            if {taken} == before:",
                f"                row = None; {append_other}",
                f"                if {taken} == most: return rows",
                f"            before = {taken}",
            ]
            if outer
            else []
        ),
        f"            ends.append({taken})",
        "    except ValueError:",
        # Of the function, if the row has the right width; else it could not be unpacked.
        f"        if {width} == 1 or type(row) is not tuple or len(row) == {width}: raise",
        f"        {append_other}",
        "        return rows",
    ]
    scope: dict[str, Any] = {"GeneratorType": GeneratorType}
    exec(compile("\n".join(lines), "<rows of a table function>", "exec"), scope)
    return cast(TableLoop, scope["take"])
