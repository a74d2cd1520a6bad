"""Writes the tables of docs/types.md from the type matrix: `PYTHONPATH=python-udf python
test/python-udf/types_page.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from coercions import DECLARED, GIVEN, outcome
from execution_support import scalar
from type_cases import MODES, NESTED, TYPES

from millstream import udf

PAGE = Path(__file__).parents[2] / "docs" / "types.md"
VECTORS = MODES[1:]

_SHOWN = [case for case in TYPES if case.values and case.sql not in ("VARCHAR(5)", "VARBINARY(3)", "TIME(0)")]
_SHOWN += [case for case in NESTED if case.sql.count("<") < 3]


def received_table() -> str:
    """What a function of each mode is given for a column of each type."""
    lines = [
        "| SQL type | row | Arrow | pandas | with NULL | NumPy | with NULL | Polars |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for case in _SHOWN:
        value, null = case.values[0], [case.values[0], None]
        cells = [
            case.sql.replace("`", ""),
            _seen("row", case.sql, [value]),
            _seen("arrow", case.sql, [value]),
        ]
        for mode in ("pandas", "numpy"):
            cells += [_seen(mode, case.sql, [value]), _seen(mode, case.sql, null)]
        cells.append(_seen("polars", case.sql, [value]))
        lines.append("| " + " | ".join(f"`{cell}`".replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def results_table() -> str:
    """What each declared type makes of each result; what is not listed is refused."""
    lines = ["| declared | result → stored value | in vectors otherwise |", "|---|---|---|"]
    for sql in DECLARED:
        stored, otherwise = [], []
        for given in GIVEN:
            row = outcome("row", sql, given)
            assert row is not None
            if row.stored is not None:
                same_text = row.stored == given or row.stored.replace(", 0, 0", "") == given
                stored.append(f"`{given}`" if same_text else f"`{given}` → `{row.stored}`")
            others = {mode: outcome(mode, sql, given) for mode in VECTORS}
            differ = {m: o.stored for m, o in others.items() if o is not None and o.stored != row.stored}
            for result in dict.fromkeys(differ.values()):
                modes = ", ".join(mode for mode, other in differ.items() if other == result)
                otherwise.append(f"{modes}: `{given}` {'refused' if result is None else f'→ `{result}`'}")
        lines.append(f"| `{sql}` | {'; '.join(stored)} | {'; '.join(otherwise)} |")
    return "\n".join(lines)


def page(text: str) -> str:
    """The text of the page with both tables made anew."""
    for name, table in (("received", received_table()), ("results", results_table())):
        begin, end = f"<!-- {name}: from the type matrix -->\n", f"<!-- end of {name} -->"
        before, _, rest = text.partition(begin)
        text = before + begin + table + "\n" + end + rest.partition(end)[2]
    return text


def _seen(mode: str, sql: str, values: list[Any]) -> str:
    seen: list[str] = []

    def look(column: Any) -> Any:
        seen.append(_described(mode, column))
        return column

    declared = udf(look, result_type=sql, batch=None if mode == "row" else mode)  # type: ignore[call-overload]
    scalar(declared, [sql], sql).rows(values)
    return seen[0]


def _described(mode: str, seen: Any) -> str:
    if mode == "row":
        aware = " (aware)" if getattr(seen, "tzinfo", None) is not None else ""
        return type(seen).__name__ + aware
    if mode == "arrow":
        return str(seen.type)
    if mode == "polars":
        return str(seen.dtype).replace("time_unit=", "").replace("time_zone=", "")
    if str(seen.dtype) == "object":
        return f"object: {type(seen[0]).__name__}"
    return f"{seen.dtype}, masked" if type(seen).__name__ == "MaskedArray" else str(seen.dtype)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
