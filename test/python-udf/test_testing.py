"""The testing kit: laws that hold, laws that are broken, and what it says of them."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import pytest

from millstream import AggregateFunction, UdfError, udaf, udf, udtf
from millstream._testing import values
from millstream.testing import (
    FunctionHarness,
    assert_rows,
    call_changelog,
    check_deterministic,
    check_function,
    check_merge,
    check_nulls,
    check_retraction,
)

ROOT = Path(__file__).parents[2]


class Greatest(AggregateFunction):
    """Has a `retract` that cannot work, and a `merge` that forgets all but the first part."""

    def create_accumulator(self) -> list[int | None]:
        return [None]

    def accumulate(self, accumulator: list[int | None], x: int) -> None:
        accumulator[0] = x if accumulator[0] is None else max(accumulator[0], x)

    def retract(self, accumulator: list[int | None], x: int) -> None:
        pass

    def merge(self, accumulator: list[int | None], accumulators: Any) -> None:
        for other in accumulators[:1]:
            if other[0] is not None:
                self.accumulate(accumulator, other[0])

    def get_value(self, accumulator: list[int | None]) -> int | None:
        return accumulator[0]


@pytest.fixture(params=["hypothesis", "seeded"])
def generator(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to draw rows."""
    if request.param == "seeded":
        monkeypatch.setattr(values.importlib.util, "find_spec", lambda name: None)
    return str(request.param)


def test_the_examples_of_the_page_run() -> None:
    page = (ROOT / "docs" / "testing.md").read_text()
    examples = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {"__name__": "example"}

    assert len(examples) == 7
    for example in examples:
        exec(compile(example, "docs/testing.md", "exec", dont_inherit=True), names)
    names["test_score"](FunctionHarness, check_function)
    names["test_quiet"]()


def test_a_retract_that_does_not_undo_accumulate_is_told_with_its_rows(generator: str) -> None:
    with pytest.raises(AssertionError, match="`retract` of Greatest does not undo `accumulate`") as caught:
        check_retraction(udaf(Greatest()))

    if generator == "hypothesis":
        assert "after accumulating [] the value is None" in str(caught.value)


def test_a_merge_that_forgets_a_part_is_told_with_the_way_of_merging(generator: str) -> None:
    with pytest.raises(AssertionError, match=r"`merge` of Greatest .*\n  a = .*\n.*merge\(.*\) is"):
        check_merge(udaf(Greatest()))


def test_a_function_that_fails_for_none_is_told_the_argument_and_what_to_write(generator: str) -> None:
    @udf
    def twice(x: int | None) -> int | None:
        return x * 2  # type: ignore[operator]

    with pytest.raises(AssertionError, match="`x` may be NULL.*does not cope") as caught:
        check_nulls(twice, [(1,)])
    assert "Annotate it without `| None`" in str(caught.value)


def test_a_function_that_changes_its_mind_must_say_so(generator: str) -> None:
    calls: list[int] = []

    def count(x: int) -> int:
        calls.append(x)
        return len(calls)

    with pytest.raises(AssertionError, match="declare deterministic=False"):
        check_deterministic(udf(count), [(1,)])

    assert check_function(udf(count, deterministic=False)) == ["types", "nulls"]


def test_a_value_of_another_type_is_told_with_its_row(generator: str) -> None:
    @udf
    def wrong(x: int) -> int:
        return "seven" if x == 7 else x  # type: ignore[return-value]

    with pytest.raises(AssertionError, match=r"returned 'seven' of type str in row 0[\s\S]*Rows: \[\(7,\)\]"):
        check_function(wrong, [(7,)])


def test_values_of_every_common_type_are_drawn(generator: str) -> None:
    @udf
    def keep(
        a: bool, b: float, c: str, d: bytes, e: datetime,
        f: Annotated[datetime, "ltz"], g: Annotated[Decimal, (38, 10)], h: list[int | None],
        i: dict[str, float],
    ) -> str:  # fmt: skip
        return f"{a}{b}{c}{d!r}{e}{f}{g}{h}{i}"

    assert check_function(keep, examples=20) == ["types", "nulls", "deterministic"]


def test_all_wrong_cases_are_named() -> None:
    @udf
    def half(x: int) -> float:
        return x / 2

    with pytest.raises(AssertionError) as caught:
        assert_rows(half, [((4,), 2.0), ((2,), 2.0), ((None,), 0.0)])

    assert str(caught.value) == (
        "half: 2 of 3 cases are wrong:\n  (2,) gives 1.0, not 2.0\n  (None,) gives None, not 0.0"
    )


def test_a_changelog_through_a_scalar_function_keeps_its_kinds() -> None:
    @udf
    def twice(x: int) -> int:
        return 2 * x

    assert call_changelog(twice, [("+I", 1), ("-D", None)]) == [("+I", 2), ("-D", None)]
    with pytest.raises(UdfError, match="It begins with"):
        call_changelog(twice, [("I", 1)])


def test_a_null_that_is_not_passed_on_does_not_reach_the_accumulator() -> None:
    assert call_changelog(udaf(Greatest()), [("+I", None), ("+I", 3), ("+I", None)]) == [None, 3, 3]


def test_a_table_function_gives_tuples() -> None:
    @udtf(result_types=["STRING", "BIGINT"])
    def words(text: str) -> Any:
        for word in text.split():
            yield word, len(word)

    with FunctionHarness(words) as harness:
        assert harness.call_rows([("a bc",)]) == [("a", 1), ("bc", 2)]


def test_the_plugin_gives_fixtures(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(
        "from millstream import udf\n\n"
        "@udf\n"
        "def half(x: int) -> float:\n"
        "    return x / 2\n\n"
        "def test_half(function_harness, check_function):\n"
        "    assert function_harness(half).call_rows([(4,)]) == [2.0]\n"
        "    assert check_function(half) == ['types', 'nulls', 'deterministic']\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "millstream._testing.pytest_plugin"]
    path = str(ROOT / "python-udf")

    ended = subprocess.run(
        [*command, "-p", "no:cacheprovider", "--millstream-seed", "3", str(tmp_path)],
        env={"PYTHONPATH": path, "PATH": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "1 passed" in ended.stdout
