"""`millstream udf check` and `udf list`, on files of all kinds of mistakes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from millstream._check.__main__ import main
from millstream._check.check import check_file


@pytest.fixture(autouse=True)
def imports_are_undone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A checked file is imported; the next test imports another of its name."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield
    sys.modules.pop("checked", None)


def found(tmp_path: Path, text: str) -> list[tuple[int, str, str]]:
    file = tmp_path / "checked.py"
    file.write_text(text)
    _, findings = check_file(file)
    assert {finding.file for finding in findings} <= {str(file)}
    return [(finding.line, finding.code, finding.message) for finding in findings]


def test_a_good_file_has_nothing_and_ends_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "checked.py"
    file.write_text(
        "from pyflink.table.udf import udf as flink\n"
        "from millstream import udf\n"
        "try:\n    import nowhere\nexcept ImportError:\n    nowhere = None\n"
        "@udf\ndef half(x: int) -> float:\n    return x / 2\n"
        "@flink(result_type='STRING')\ndef shout(x):\n    return x.upper()\n"
    )

    code = main("check", str(file))

    captured = capsys.readouterr()
    assert (code, captured.out, captured.err) == (0, "", "checked.py: 2 functions checked, nothing found\n")


def test_a_module_that_is_not_there_is_found_inside_a_function(tmp_path: Path) -> None:
    text = "from millstream import udf\n\n\n@udf\ndef f(x: int) -> int:\n    import nowhere.deep as n\n"

    assert found(tmp_path, text) == [
        (6, "MISSING_MODULE", "there is no module `nowhere.deep` in this Python.")
    ]


def test_a_file_that_brings_its_own_environment_is_not_asked_for_modules(tmp_path: Path) -> None:
    text = "# /// script\n# dependencies = ['nowhere']\n# ///\ndef f():\n    import nowhere\n"

    assert found(tmp_path, text) == []


def test_types_that_do_not_fit_are_found_where_the_function_is(tmp_path: Path) -> None:
    text = (
        "from decimal import Decimal\nfrom millstream import udf\n\n"
        "@udf\ndef bare(x: Decimal) -> int:\n    return 1\n\n"
        "@udf\ndef untyped(x):\n    return x\n"
    )

    assert [(line, code) for line, code, _ in found(tmp_path, text)] == [(4, "UDF_TYPE"), (8, "UDF_NO_TYPES")]


def test_a_blocking_call_in_an_async_function_is_found_by_any_name(tmp_path: Path) -> None:
    text = (
        "import time as t\nfrom urllib.request import urlopen\n"
        "async def f(x: str) -> int:\n    t.sleep(1)\n    urlopen(x)\n"
        "    def inner():\n        t.sleep(1)\n    return inner\n"
    )

    assert [(line, code, message[:12]) for line, code, message in found(tmp_path, text)] == [
        (4, "BLOCKING_CALL", "`time.sleep`"),
        (5, "BLOCKING_CALL", "`urllib.requ"),
    ]


def test_a_naive_clock_is_found_where_the_result_is_a_moment_only(tmp_path: Path) -> None:
    text = (
        "from datetime import datetime, timezone\nfrom typing import Annotated\nfrom millstream import udf\n"
        "@udf\ndef now(x: int) -> Annotated[datetime, 'ltz']:\n    return datetime.now()\n"
        "@udf\ndef aware(x: int) -> Annotated[datetime, 'ltz']:\n    return datetime.now(timezone.utc)\n"
        "@udf\ndef local(x: int) -> datetime:\n    return datetime.now()\n"
    )

    assert found(tmp_path, text) == [
        (
            6,
            "NAIVE_DATETIME",
            "`datetime.now` gives a datetime without a zone, and the result of `now` is TIMESTAMP_LTZ.",
        )
    ]


def test_a_captured_variable_that_cannot_be_sent_is_named(tmp_path: Path) -> None:
    text = (
        "import threading\nfrom millstream import udf\n"
        "def make(lock):\n    @udf\n    def f(x: int) -> int:\n"
        "        with lock:\n            return x\n    return f\n"
        "f = make(threading.Lock())\n"
    )

    [(line, code, message)] = found(tmp_path, text)

    assert (line, code) == (4, "UNPICKLABLE")
    assert message.startswith("`f` closes over `lock`, <unlocked _thread.lock object")


def test_a_file_that_does_not_parse_or_fails_at_import_is_one_finding(tmp_path: Path) -> None:
    assert found(tmp_path, "def f(:\n")[0][:2] == (1, "UDF_IMPORT")
    [(line, code, message)] = found(tmp_path, "x = 1\ny = x / 0\n")
    assert (line, code) == (2, "UDF_IMPORT")
    assert "ZeroDivisionError" in message


def test_one_function_is_checked_by_name_and_a_wrong_name_lists_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "checked.py"
    file.write_text(
        "from millstream import udf\n@udf\ndef good(x: int) -> int:\n    return x\n"
        "@udf\ndef bad(x):\n    return x\n"
    )

    assert main("check", f"{file}:good") == 0
    assert main("check", f"{file}:bad") == 1
    assert main("check", f"{file}:god") == 1
    assert "Did you mean" in capsys.readouterr().out


def test_the_list_shows_types_kind_and_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "checked.py"
    file.write_text(
        "from collections.abc import Iterator\nfrom millstream import udf, udtf\n"
        "@udf\ndef half(x: int) -> float:\n    return x / 2\n"
        "@udtf\ndef words(text: str) -> Iterator[str]:\n    yield from text.split()\n"
    )

    code = main("list", str(file))

    assert code == 0
    assert capsys.readouterr().out.splitlines() == [
        "half(x BIGINT) → DOUBLE                scalar  checked.py:3",
        "words(text STRING) → ROW<`f0` STRING>  table   checked.py:6",
    ]


def test_a_file_that_is_not_there_is_a_wrong_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("check", "nowhere.py") == 2
    assert "does not exist" in capsys.readouterr().err


def test_a_job_is_not_taken_for_python_and_the_command_for_it_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    job = tmp_path / "job.sql"
    job.write_text("SELECT 1;")

    code = main("check", str(job))

    printed = capsys.readouterr().err
    assert code == 2
    assert "job.sql is a job, not a Python file with functions." in printed
    assert f"`millstream check {job}` plans the job" in printed
