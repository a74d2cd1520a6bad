"""Arrow's golden streams, and their values as the JSON of Arrow's integration tests says them."""

from __future__ import annotations

import base64
import decimal
import gzip
import json
import struct
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

_FILE = Path(__file__).parents[1] / "fixtures" / "arrow-testing" / "golden.jsonl.gz"


def golden_streams() -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    """Name, stream and JSON of each."""
    with gzip.open(_FILE) as lines:
        for line in lines:
            entry = json.loads(line)
            yield entry["name"], base64.b64decode(entry["stream"]), entry["json"]


def expected_columns(golden: dict[str, Any], batch: int) -> list[list[Any]]:
    """The values of one batch in the form of `plain_values`."""
    dictionaries = {d["id"]: d["data"]["columns"][0] for d in golden.get("dictionaries", [])}
    fields, columns = golden["schema"]["fields"], golden["batches"][batch]["columns"]
    reader = _GoldenReader(dictionaries)
    return [
        [reader.value(field, column, row) for row in range(column["count"])]
        for field, column in zip(fields, columns, strict=True)
    ]


class _GoldenReader:
    def __init__(self, dictionaries: dict[int, Any]) -> None:
        self._dictionaries = dictionaries

    def value(self, field: Any, column: Any, row: int) -> Any:
        kind = field["type"]["name"]
        if kind == "null" or ("VALIDITY" in column and kind != "union" and column["VALIDITY"][row] == 0):
            return None
        if "dictionary" in field:
            plain = {key: value for key, value in field.items() if key != "dictionary"}
            return self.value(plain, self._dictionaries[field["dictionary"]["id"]], column["DATA"][row])
        children = [
            lambda at, f=f, c=c: self.value(f, c, at)
            for f, c in zip(field["children"], column.get("children", []), strict=False)
        ]
        return _nested(kind, field, column, row, children) if children else _simple(field, column, row)


def _nested(kind: str, field: Any, column: Any, row: int, children: list[Any]) -> Any:
    if kind == "struct":
        return tuple(child(row) for child in children)
    if kind == "union":
        member = field["type"]["typeIds"].index(column["TYPE_ID"][row])
        at = row if field["type"]["mode"] == "SPARSE" else column["OFFSET"][row]
        values = [child(at) if i == member else None for i, child in enumerate(children)]
        return (field["children"][member]["name"], *values)
    if kind == "runendencoded":
        ends = column["children"][0]["DATA"]
        return children[1](next(i for i, end in enumerate(ends) if row < int(end)))
    if kind == "fixedsizelist":
        size = field["type"]["listSize"]
        return [children[0](at) for at in range(row * size, (row + 1) * size)]
    start = int(column["OFFSET"][row])
    end = start + int(column["SIZE"][row]) if "SIZE" in column else int(column["OFFSET"][row + 1])
    return [children[0](at) for at in range(start, end)]


def _simple(field: Any, column: Any, row: int) -> Any:
    if field["type"]["name"] == "null":
        return None
    if "VIEWS" in column:
        return _view(field, column, column["VIEWS"][row])
    value = column["DATA"][row]
    metadata = {entry["key"]: entry["value"] for entry in field.get("metadata", [])}
    if metadata.get("ARROW:extension:name") == "arrow.uuid":
        return str(uuid.UUID(hex=value))
    match field["type"]["name"]:
        case "floatingpoint":
            single = field["type"]["precision"] != "DOUBLE"
            return struct.unpack("f", struct.pack("f", value))[0] if single else float(value)
        case "bool":
            return bool(value)
        case "utf8" | "largeutf8" | "binary" | "largebinary" | "fixedsizebinary":
            return value
        case "interval" if field["type"]["unit"] == "DAY_TIME":
            return value["days"] * 86_400_000 + value["milliseconds"]
        case "interval" if field["type"]["unit"] == "MONTH_DAY_NANO":
            return (value["months"], value["days"], int(value["nanoseconds"]))
        case _:
            return int(value)


def _view(field: Any, column: Any, view: Any) -> str:
    is_text = field["type"]["name"] == "utf8view"
    if "INLINED" in view:
        return str(view["INLINED"])
    data = column["VARIADIC_DATA_BUFFERS"][view["BUFFER_INDEX"]]
    start, end = view["OFFSET"], view["OFFSET"] + view["SIZE"]
    part = bytes.fromhex(data)[start:end]
    return part.decode() if is_text else part.hex().upper()


def plain_values(array: Any) -> list[Any]:
    """Integers of dates, times, durations and unscaled decimals; hexadecimal bytes; tuples of structs."""
    t, kind = pa.types, array.type
    if t.is_struct(kind):
        rows = zip(*(plain_values(child) for child in array.flatten()), strict=True)
        return _with_nulls(array, list(rows))
    if t.is_map(kind):
        return plain_values(
            array.cast(
                pa.list_(pa.struct([pa.field("key", kind.key_type, False), ("value", kind.item_type)]))
            )
        )
    if t.is_list(kind):
        values = plain_values(array.values)
        ends = array.offsets.to_pylist()
        return _with_nulls(array, [values[ends[i] : ends[i + 1]] for i in range(len(array))])
    if t.is_temporal(kind):
        narrow = t.is_date32(kind) or t.is_time32(kind)
        return list((array.view(pa.int32()) if narrow else array.view(pa.int64())).to_pylist())
    values = array.to_pylist()
    if t.is_decimal(kind):
        return [None if v is None else _unscaled(v) for v in values]
    if t.is_binary(kind):
        return [None if v is None else v.hex().upper() for v in values]
    return list(values)


def _with_nulls(array: Any, values: list[Any]) -> list[Any]:
    return [value if valid.as_py() else None for value, valid in zip(values, array.is_valid(), strict=True)]


def _unscaled(value: decimal.Decimal) -> int:
    sign, digits, _ = value.as_tuple()
    number = int("".join(map(str, digits)))
    return -number if sign else number
