"""Asks a real Apache Flink (PyFlink) which kinds of change the rows of queries are.

    python flink_changelog.py STATEMENTS.json ANSWERS.json

STATEMENTS.json: {"setup": [statement…], "statements": [query…]}. ANSWERS.json: for each query what EXPLAIN
CHANGELOG_MODE says of its last operator, "I,UA,D"; null where Flink does not plan it.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path


def main(asked: str, answered: str) -> None:
    from pyflink.table import EnvironmentSettings, ExplainDetail, TableEnvironment

    corpus = json.loads(Path(asked).read_text(encoding="utf-8"))
    environment = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
    environment.get_config().set("parallelism.default", "1")
    environment.get_config().set_local_timezone("UTC")
    for statement in corpus["setup"]:
        environment.execute_sql(statement)
    answers: list[str | None] = []
    for statement in corpus["statements"]:
        try:
            plan = environment.explain_sql(statement, ExplainDetail.CHANGELOG_MODE)
        except Exception as error:  # the gateway has one class for all of Java's
            print(f"{statement}: {str(error)[:300]}", file=sys.stderr)
            answers.append(None)
            continue
        physical = plan.split("== Optimized Physical Plan ==")[1]
        mode = re.search(r"changelogMode=\[([A-Z,]+)\]", physical)
        answers.append(None if mode is None else mode[1])
    Path(answered).write_text(json.dumps(answers), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
