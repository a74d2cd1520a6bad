"""Asks a real Apache Flink (PyFlink, batch mode) what expressions give.

    python flink_oracle.py FILE.jsonl…            fills in the answers that are missing
    python flink_oracle.py --all FILE.jsonl…      asks again for every answer
    python flink_oracle.py --check FILE.jsonl…    the same, and tells what differs instead of writing it

The first line of a file is `{"columns": {name: type}, "rows": query}`: the table `t` that the
expressions are computed over. Each other line is `{"sql": expression}`, to which this program adds
`type` and `values`, one for each row of `t`, or a single one where they are all alike; or `fails`:
`bind` where Flink refuses the statement, `run` where the job fails. Values are written as results in
JSON are. Aggregates are marked `"aggregate": true`; `"alone": true` of a new case says that it may fail.
Lines that begin with `//` are comments. Where Millstream knowingly gives something else, `ours` has its
answer and `because` says why; this program leaves both alone.
"""

from __future__ import annotations

import base64
import decimal
import json
import math
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHUNK = 40


class Flink:
    """One batch environment in UTC with parallelism 1."""

    def __init__(self) -> None:
        from pyflink.table import EnvironmentSettings, TableEnvironment

        environment = TableEnvironment.create(EnvironmentSettings.in_batch_mode())
        environment.get_config().set("parallelism.default", "1")
        environment.get_config().set_local_timezone("UTC")
        self._java = environment._j_tenv

    def create_rows(self, columns: dict[str, str], rows: str, folder: str) -> None:
        """Writes the rows to a file, the table `t`: Flink shall not compute them while it plans."""
        self._java.executeSql("DROP TEMPORARY TABLE IF EXISTS t")
        listed = ", ".join(f"`{name}` {kind.removesuffix(' NOT NULL')}" for name, kind in columns.items())
        self._java.executeSql(
            f"CREATE TEMPORARY TABLE t ({listed}) "
            f"WITH ('connector' = 'filesystem', 'path' = '{folder}', 'format' = 'json')"
        )
        getattr(self._java.executeSql(f"INSERT INTO t {rows}"), "await")()

    def bind(self, sql: str) -> str:
        """The type of an expression, or an exception."""
        query = self._java.sqlQuery(f"SELECT {sql} AS x FROM t")
        text = query.getResolvedSchema().getColumnDataTypes().get(0).getLogicalType().toString()
        return str(text).replace("*ROWTIME*", "").strip()

    def values(self, expressions: list[str]) -> list[list[Any]]:
        """For each expression its values."""
        listed = ", ".join(f"{sql} AS x{i}" for i, sql in enumerate(expressions))
        iterator = self._java.executeSql(f"SELECT {listed} FROM t").collect()
        # Its own `next` takes every error for the end.
        from py4j.java_gateway import JavaMember

        found: list[list[Any]] = [[] for _ in expressions]
        following = JavaMember("next", iterator, iterator._target_id, iterator._gateway_client)
        while iterator.hasNext():
            row = following()
            for i, values in enumerate(found):
                values.append(encode(row.getField(i)))
        return found


def encode(value: Any) -> Any:
    """A value of Java as JSON."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return (
            value
            if math.isfinite(value)
            else {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")
        )
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, (bytes, bytearray)):
        return {"$bytes": base64.b64encode(bytes(value)).decode()}
    name = value.getClass().getName()
    if name in ("java.time.LocalDateTime", "java.time.Instant"):
        text = str(value.toString()).replace("T", " ").removesuffix("Z")
        return with_seconds(text) + ("Z" if name.endswith("Instant") else "")
    if name == "java.time.LocalTime":
        return with_seconds(str(value.toString()))
    if name == "java.time.Duration":
        return int(value.toMillis())
    if name == "java.time.Period":
        return int(value.toTotalMonths())
    if name == "org.apache.flink.types.Row":
        return [encode(value.getField(i)) for i in range(value.getArity())]
    if name.startswith("["):
        return [encode(item) for item in value]
    if name.startswith("java.util."):
        pairs = [[encode(entry.getKey()), encode(entry.getValue())] for entry in value.entrySet()]
        return {"$map": sorted(pairs, key=json.dumps)}
    return str(value.toString())


def with_seconds(text: str) -> str:
    """Java leaves `:00` out; trailing zeros of a fraction are left out here."""
    if text.count(":") == 1:
        text += ":00"
    return text.rstrip("0").rstrip(".") if "." in text else text


def answers(flink: Flink, cases: list[dict[str, Any]]) -> None:
    """Fills in what Flink says of each case."""
    bound = []
    # What failed before is asked alone, so that it takes no others with it.
    failing = {case["sql"] for case in cases if case.pop("alone", False) or case.get("fails") == "run"}
    for case in cases:
        for key in ("type", "values", "fails"):
            case.pop(key, None)
        try:
            case["type"] = flink.bind(case["sql"])
            bound.append(case)
        except Exception:  # the gateway has one class for all of Java's
            case["fails"] = "bind"
    for is_aggregate in (False, True):
        group = [case for case in bound if case.get("aggregate", False) == is_aggregate]
        sound = [case for case in group if case["sql"] not in failing]
        for start in range(0, len(sound), CHUNK):
            compute(flink, sound[start : start + CHUNK])
        for case in group:
            if case["sql"] in failing:
                compute(flink, [case])


def compute(flink: Flink, cases: list[dict[str, Any]]) -> None:
    """Computes many expressions at once; where they fail, each half by itself."""
    try:
        found = flink.values([case["sql"] for case in cases])
    except Exception as error:
        if len(cases) > 1:
            middle = len(cases) // 2
            compute(flink, cases[:middle])
            compute(flink, cases[middle:])
        else:
            del cases[0]["type"]
            cases[0]["fails"] = "run"
            print(f"fails: {cases[0]['sql']}: {reason(error)}", file=sys.stderr)
        return
    for case, values in zip(cases, found, strict=True):
        case["values"] = values[:1] if all(value == values[0] for value in values) else values


def reason(error: Exception) -> str:
    """The innermost cause in one line."""
    causes = [line for line in str(error).splitlines() if "Caused by" in line]
    return (causes[-1] if causes else (str(error) or repr(error)).splitlines()[0])[:200]


def read(path: Path) -> list[str | dict[str, Any]]:
    """Comments as text, everything else decoded."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line if line.startswith("//") or not line else json.loads(line) for line in lines]


def written(lines: list[str | dict[str, Any]]) -> str:
    return "".join((x if isinstance(x, str) else json.dumps(x, ensure_ascii=False)) + "\n" for x in lines)


def differences(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Iterator[str]:
    for old, new in zip(before, after, strict=True):
        if old != new:
            yield f"{old['sql']}\n  written: {json.dumps(old)}\n  Flink:   {json.dumps(new)}"


def main(arguments: list[str]) -> int:
    check, everything = "--check" in arguments, "--all" in arguments
    flink = Flink()
    count = 0
    for path in (Path(name) for name in arguments if not name.startswith("--")):
        lines = read(path)
        table, *cases = [line for line in lines if isinstance(line, dict)]
        asked = [c for c in cases if check or everything or not ({"values", "fails"} & c.keys())]
        if not asked:
            continue
        before = json.loads(json.dumps(asked))
        with tempfile.TemporaryDirectory() as folder:
            flink.create_rows(table["columns"], table["rows"], folder)
            answers(flink, asked)
        if check:
            for text in differences(before, asked):
                print(f"{path.name}: {text}")
                count += 1
        else:
            path.write_text(written(lines), encoding="utf-8")
        print(f"{path.name}: {len(asked)} expressions", file=sys.stderr)
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
