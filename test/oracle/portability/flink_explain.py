"""Asks a real Apache Flink (PyFlink) which statements it can plan, in batch and in streaming.

    python flink_explain.py STATEMENTS.json ANSWERS.json

STATEMENTS.json: {"setup": [statement…], "statements": [statement…]}. ANSWERS.json: for each statement
{"batch": null | reason, "streaming": null | reason}; null: Flink plans it.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path


def main(asked: str, answered: str) -> None:
    from pyflink.table import EnvironmentSettings, TableEnvironment

    corpus = json.loads(Path(asked).read_text(encoding="utf-8"))
    answers: list[dict[str, str | None]] = [{} for _ in corpus["statements"]]
    for mode in ("batch", "streaming"):
        settings = getattr(EnvironmentSettings, f"in_{mode}_mode")()
        environment = TableEnvironment.create(settings)
        environment.get_config().set("parallelism.default", "1")
        environment.get_config().set_local_timezone("UTC")
        environment.get_config().set("python.files", str(Path(__file__).parent))
        for statement in corpus["setup"]:
            environment.execute_sql(statement)
        for answer, statement in zip(answers, corpus["statements"], strict=True):
            answer[mode] = refusal(environment, statement)
    Path(answered).write_text(json.dumps(answers), encoding="utf-8")


def refusal(environment: object, statement: str) -> str | None:
    """Why Flink cannot plan the statement: the innermost reason in one line; None where it can."""
    try:
        environment.explain_sql(statement)  # type: ignore[attr-defined]
    except Exception as error:  # the gateway has one class for all of Java's
        return reason(str(error))
    return None


def reason(text: str) -> str:
    lines = text.removeprefix("An error occurred while calling ").split("\n")
    if text != "\n".join(lines) and len(lines) > 1:
        lines = [lines[1].removeprefix(": "), *lines[2:]]
    causes = [line for line in lines if line.startswith("Caused by:")]
    first = re.sub(r"^(Caused by: )?[\w.$]+(Exception|Error): ", "", (causes or lines)[-1 if causes else 0])
    return first.strip()[:160]


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main(*sys.argv[1:])
