"""Runs the cases of `test/sql/cases/flink` on a real Apache Flink (PyFlink, batch mode).

    python flink_slt.py FILE.slt[:LINE]…              tells what differs from the rows that are written
    python flink_slt.py --missing FILE.slt[:LINE]…    writes the rows of queries that have no `----`
    python flink_slt.py --update FILE.slt[:LINE]…     writes the rows of all queries

`test/sql/README.md` describes the form; the tables of `00-tables.slt` beside a file are made before it. Flink
is asked for the rows of `query`, and whether `error` is one. A LINE is that of a directive; the statements
before it run too. An answer takes Flink about half a second.
"""

from __future__ import annotations

import decimal
import json
import math
import re
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "functions"))

import flink_oracle

SEPARATOR = "----"
TABLES = "00-tables.slt"
SETTING = re.compile(r"\s*SET\s+'([^']*)'\s*=\s*'([^']*)'\s*$", re.IGNORECASE)
FLOAT = re.compile(r'"(?:[^"\\]|\\.)*"|(-?\d+(?:\.\d+)?e[-+]?\d+|-?\d+\.\d+)')
VIEW = re.compile(r"CREATE TEMPORARY VIEW (\w+)")
RESETTING = re.compile(r"\s*RESET\s+'([^']*)'\s*$", re.IGNORECASE)


@dataclass
class Case:
    """A paragraph of a case file: `lines` up to the separator, `rows` below it."""

    line: int
    lines: list[str]
    has_rows: bool
    rows: list[str] = field(default_factory=list)

    @property
    def directive(self) -> str:
        return self.lines[self.body - 1] if self.body <= len(self.lines) else ""

    @property
    def body(self) -> int:
        """The number of lines up to and with the directive."""
        return 1 + sum(line.startswith("#") for line in self.lines)

    @property
    def sql(self) -> str:
        return "\n".join(self.lines[self.body :])

    def text(self) -> str:
        return "\n".join([*self.lines, *([SEPARATOR, *self.rows] if self.has_rows else [])])


def parse(text: str) -> list[Case]:
    cases = []
    line = 1
    for paragraph in re.split(r"\n(?=\n)", text):
        lines = paragraph.strip("\n").split("\n")
        start = line + len(paragraph) - len(paragraph.lstrip("\n"))
        line += paragraph.count("\n") + 1
        if lines == [""]:
            continue
        cut = lines.index(SEPARATOR) if SEPARATOR in lines else len(lines)
        case = Case(start, lines[:cut], cut < len(lines), lines[cut + 1 :])
        case.line += case.body - 1
        cases.append(case)
    return cases


class Session:
    """Statements and queries in one environment."""

    def __init__(self) -> None:
        from pyflink.table import EnvironmentSettings, TableEnvironment

        self._environment = TableEnvironment.create(EnvironmentSettings.in_batch_mode())
        self._configuration = self._environment.get_config()
        self._configuration.set("parallelism.default", "1")
        self._configuration.set_local_timezone("UTC")
        self._java = self._environment._j_tenv

    def run(self, sql: str) -> list[str]:
        """The rows of the last statement as JSON."""
        rows: list[str] = []
        for statement in filter(str.strip, re.split(r";\s*(?:\n|$)", sql)):
            if setting := SETTING.match(statement):
                self._configuration.set(*setting.groups())
            elif resetting := RESETTING.match(statement):
                self._configuration.set(resetting[1], "UTC")
            else:
                rows = self._rows(statement)
        return rows

    def make_tables(self, cases: list[Case], folder: str) -> None:
        """Views as tables of files: Flink cannot plan correlated subqueries over VALUES."""
        for case in cases:
            self.run(case.sql)
            for name in VIEW.findall(case.sql):
                schema = self._java.sqlQuery(f"SELECT * FROM {name}").getResolvedSchema()
                columns = ", ".join(
                    f"`{column.getName()}` {column.getDataType().getLogicalType().copy(True)}"
                    for column in schema.getColumns()
                )
                self._java.executeSql(
                    f"CREATE TEMPORARY TABLE {name}_file ({columns}) "
                    f"WITH ('connector' = 'filesystem', 'path' = '{folder}/{name}', 'format' = 'json')"
                )
                getattr(self._java.executeSql(f"INSERT INTO {name}_file SELECT * FROM {name}"), "await")()
                self._java.executeSql(f"DROP TEMPORARY VIEW {name}")
                self._java.executeSql(f"CREATE TEMPORARY VIEW {name} AS SELECT * FROM {name}_file")

    def _rows(self, statement: str) -> list[str]:
        from py4j.java_gateway import JavaMember

        result = self._java.executeSql(statement)
        iterator = result.collect()
        # Its own `next` takes every error for the end.
        following = JavaMember("next", iterator, iterator._target_id, iterator._gateway_client)
        rows = []
        while iterator.hasNext():
            row = following()
            values = [in_json(row.getField(i)) for i in range(row.getArity())]
            rows.append(row_text(values))
        return rows


def row_text(values: list[Any]) -> str:
    """JSON as results have it: whole numbers without a fraction, exponents where JavaScript writes them."""
    text = json.dumps(values, ensure_ascii=False)
    return FLOAT.sub(lambda match: match[0] if match[1] is None else float_text(float(match[1])), text)


def float_text(value: float) -> str:
    if not 1e-6 <= abs(value) < 1e21 and value != 0:
        return re.sub(r"e([-+])0", r"e\1", repr(value))
    text = format(decimal.Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def in_json(value: Any) -> Any:
    """A field of a row; the oracle of functions writes NaN and infinities as text."""
    encoded = flink_oracle.encode(value)
    return {"$float": encoded} if isinstance(value, float) and isinstance(encoded, str) else encoded


def check(session: Session, case: Case, write: str) -> str | None:
    """Asks Flink; what differs, or None. @param write: `nothing`, `missing` or `all`"""
    kind = case.directive.split(" ")[0]
    try:
        rows = session.run(case.sql)
    except Exception as error:  # the gateway has one class for all of Java's
        if kind == "error":
            return None
        return f"Flink fails: {flink_oracle.reason(error)}"
    if kind == "error":
        return f"Flink gives {rows}"
    if kind != "query":
        return None
    if not case.directive.endswith("ordered"):
        rows = sorted(rows)
    if write == "all" or (write == "missing" and not case.has_rows):
        if not same(rows, case.rows, case):
            case.rows, case.has_rows = rows, True
        return None
    return None if same(rows, case.rows, case) else "\n".join(["Flink gives:", *rows])


def same(left: list[str], right: list[str], case: Case) -> bool:
    a, b = ([rounded(json.loads(row)) for row in rows] for rows in (left, right))
    if not case.directive.endswith("ordered"):
        a, b = (sorted(rows, key=json.dumps) for rows in (a, b))
    return case.has_rows and a == b


def rounded(value: Any) -> Any:
    if isinstance(value, list):
        return [rounded(item) for item in value]
    if isinstance(value, float) and math.isfinite(value):
        return float(f"{value:.12g}")
    return value


def main(arguments: list[str]) -> int:
    write = {"--update": "all", "--missing": "missing"}.get(arguments[0] if arguments else "", "nothing")
    with tempfile.TemporaryDirectory() as folder:
        return run_files(write, [each for each in arguments if not each.startswith("--")], folder)


def run_files(write: str, names: list[str], folder: str) -> int:
    """1 where Flink gives something else, 0 otherwise."""
    count = 0
    for name in names:
        file, _, line = name.partition(":")
        path = Path(file)
        cases = parse(path.read_text(encoding="utf-8"))
        session = Session()
        tables = path.parent / TABLES
        if path != tables:
            session.make_tables(parse(tables.read_text(encoding="utf-8")), f"{folder}/{path.stem}")
        asked = 0
        for case in cases:
            is_asked = not line or case.line == int(line)
            if not is_asked and not case.directive.startswith("statement"):
                continue
            if write == "missing" and case.has_rows:
                continue
            asked += 1
            difference = check(session, case, write)
            if difference is not None:
                count += 1
                print(f"{path.name}:{case.line}: {case.sql}\n{difference}\n", flush=True)
            elif write != "nothing":
                path.write_text("\n\n".join(each.text() for each in cases) + "\n", encoding="utf-8")
        print(f"{path.name}: {asked} statements", file=sys.stderr)
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
