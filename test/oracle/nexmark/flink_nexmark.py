"""Asks a real Apache Flink (PyFlink, streaming mode) what the Nexmark queries give.

    python flink_nexmark.py EVENTS.json QUERY.sql…

prints one JSON object: for each query the number of rows that are left at the end, their checksum and
the first three in order. EVENTS.json has one event a line, as the columns of the table `nexmark` in
`test/nexmark/tables.sql`. What a checksum is says `test/nexmark/results.ts`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

SEPARATOR = "\x1f"
NULL = "\x1e"
TABLES = Path(__file__).parents[2] / "nexmark" / "tables.sql"
# Flink 2.3 plans this Top-1 as one that only inserts, yet it updates: of each key the last row counts.
FIRST_COLUMN_IS_KEY = {"q9"}


class Flink:
    """One streaming environment in UTC with parallelism 1; `print` tables write to `printed`."""

    def __init__(self, events: str, printed: Path) -> None:
        from pyflink.table import EnvironmentSettings, TableEnvironment

        environment = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
        environment.get_config().set("parallelism.default", "1")
        environment.get_config().set("heartbeat.timeout", "1 h")
        environment.get_config().set_local_timezone("UTC")
        self._java = environment._j_tenv
        self._printed = printed
        source = f"'connector' = 'filesystem', 'path' = '{events}', 'format' = 'json'"
        for statement in filter(str.strip, TABLES.read_text(encoding="utf-8").split(";")):
            self._java.executeSql(re.sub(r"'connector' = 'nexmark'[^)]*", source, statement))

    def rows(self, name: str, query: str) -> list[list[str | None]]:
        """What is left of the rows when all changes are made."""
        columns = [
            (column.getName(), str(column.getDataType().getLogicalType().toString()))
            for column in self._java.sqlQuery(query).getResolvedSchema().getColumns()
        ]
        values = ", ".join(f"COALESCE(CAST(`{column}` AS STRING), '{NULL}')" for column, _ in columns)
        begin = self._printed.stat().st_size
        self._java.executeSql(f"CREATE TEMPORARY TABLE out_{name} (t STRING) WITH ('connector' = 'print')")
        insert = f"INSERT INTO out_{name} SELECT CONCAT_WS('{SEPARATOR}', {values}) FROM ({query})"
        getattr(self._java.executeSql(insert), "await")()
        is_time = [kind.startswith("TIMESTAMP") for _, kind in columns]
        counts: Counter[tuple[str | None, ...]] = Counter()
        last: dict[str | None, tuple[str | None, ...]] = {}
        with self._printed.open(encoding="utf-8") as lines:
            lines.seek(begin)
            for kind, text in re.findall(r"^([-+][IUD])\[(.*)\]$", lines.read(), flags=re.MULTILINE):
                texts = text.split(SEPARATOR)
                row = tuple(text_of(text, time) for text, time in zip(texts, is_time, strict=True))
                counts[row] += 1 if kind in ("+I", "+U") else -1
                last[row[0]] = row
        if name in FIRST_COLUMN_IS_KEY:
            return [list(row) for row in last.values()]
        return [list(row) for row, count in counts.items() for _ in range(count)]


def text_of(text: str, is_time: bool) -> str | None:
    if text == NULL:
        return None
    return text.rstrip("0").rstrip(".") if is_time and "." in text else text


def summary(rows: list[list[str | None]]) -> dict[str, Any]:
    texts = sorted(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    checksum = sum(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") for text in texts)
    return {
        "rows": len(texts),
        "checksum": f"{checksum % 2**64:016x}",
        "first": [json.loads(text) for text in texts[:3]],
    }


def main(events: str, queries: list[str]) -> None:
    found = {}
    with tempfile.NamedTemporaryFile() as printed:
        # What `print` tables write goes where the JVM's output goes, which is this process's.
        own = os.dup(1)
        os.dup2(printed.fileno(), 1)
        flink = Flink(events, Path(printed.name))
        for path in map(Path, queries):
            found[path.stem] = summary(flink.rows(path.stem, path.read_text(encoding="utf-8")))
            print(f"{path.stem}: {found[path.stem]['rows']} rows", file=sys.stderr)
        os.dup2(own, 1)
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
