"""Functions with variables of their own: how they reach the workers, and what cannot."""

from __future__ import annotations

import importlib
import json
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from connect_closures import closures
from connect_support import CELLS, run_python

import millstream
from millstream import ScalarFunction, udf
from millstream._captured_variables import captured_variables, unpicklable
from millstream._client.pickled_source import write_pickled
from millstream._client.registered_functions import locate


@dataclass
class Price:
    amount: int
    unit: str


def _priced(factor: int) -> Any:
    @udf
    def priced(x: int) -> Price:
        return Price(x * factor, "EUR")

    return priced


@pytest.fixture(scope="module")
def con() -> Iterator[millstream.Connection]:
    with millstream.connect({"parallelism.default": 1}) as connection:
        for name, function in closures(2).items():
            connection.register(name, function)
        connection.register(_priced(2))
        yield connection


def test_functions_bring_the_variables_that_they_close_over(con: millstream.Connection) -> None:
    calls = "times(x), named(x), priced(x), shifted(x), plus(x), raised(x)"

    rows = con.sql(f"SELECT {calls} FROM (VALUES (CAST(2 AS BIGINT))) AS t(x)").fetchall()
    longest = con.sql("SELECT longest(x) FROM (VALUES (CAST(2 AS BIGINT)), (7)) AS t(x)").fetchall()

    assert [[tuple(v.values()) if isinstance(v, dict) else v for v in row] for row in rows] == [
        [12, (2, "two"), (4, "EUR"), 12, 4, 4]
    ]
    assert longest == [(14,)]


def test_registering_again_sends_the_values_of_now(con: millstream.Connection) -> None:
    con.register("times", closures(10)["times"])

    assert con.sql("SELECT times(x) FROM (VALUES (CAST(1 AS BIGINT))) AS t(x)").fetchall() == [(30,)]


def test_a_cell_uses_an_object_that_has_no_source() -> None:
    cells = [
        "import millstream, re\nfrom millstream import udf\n"
        "words = re.compile('[a-z]+')\nexec('def g(x): return x')\n",
        "@udf\ndef first(text: str) -> str:\n    return g(words.findall(text)[0])\n",
        "with millstream.connect() as con:\n    con.register(first)\n"
        "    print(con.sql(\"SELECT first(t) FROM (VALUES ('1 ab cd')) AS v(t)\").fetchall())\n",
    ]

    ran = run_python("-c", CELLS, stdin=json.dumps(cells))

    assert (ran.stdout, ran.stderr) == ("[('ab',)]\n", "")


def _with_lock() -> Any:
    lock = threading.Lock()

    def guarded(x: int) -> int:
        with lock:
            return x

    return udf(guarded)


def _with_helper() -> Any:
    lock = threading.Lock()

    def helper(x: int) -> int:
        with lock:
            return x

    return udf(lambda x: helper(x), input_types=["BIGINT"], result_type="BIGINT")


class _Model(ScalarFunction):
    def __init__(self) -> None:
        self.lines = (line for line in "ab")

    def eval(self, x: int) -> int:
        return x


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (_with_lock, "Function `f` uses `lock` (a value of type _thread.lock), which cannot be sent"),
        (
            _with_helper,
            "uses `helper`, which uses `lock` (a value of type _thread.lock), which cannot be sent",
        ),
        (
            _Model,
            "uses `self.lines` (a value of type generator), which cannot be sent to the workers: cannot",
        ),
    ],
)
def test_what_cannot_be_sent_is_named_with_its_type(
    made: Callable[[], Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(millstream.UdfError) as raised:
        locate(made(), "f", tmp_path)

    assert raised.value.code == "UDF_SERIALIZE"
    assert message in raised.value.message
    assert "`open`" in str(raised.value.hint)


def test_a_function_without_cloudpickle_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cloudpickle", None)

    with pytest.raises(millstream.UdfError, match="needs cloudpickle") as raised:
        locate(_with_lock(), "f", tmp_path)

    assert raised.value.hint is not None
    assert 'pip install "millstream[closures]"' in raised.value.hint


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / f"written_{tmp_path.name}.py"
    write_pickled("times", closures(2)["times"], file)
    monkeypatch.syspath_prepend(tmp_path)
    return file


def test_a_pickle_is_read_as_the_function(written: Path) -> None:
    assert importlib.import_module(written.stem).function(3) == 18


def test_another_pickle_than_the_registered_one_is_not_read(written: Path) -> None:
    written.with_suffix(".pickle").write_bytes(b"cos\nsystem\n(S'false'\ntR.")

    with pytest.raises(millstream.UdfError, match="is not the one that was registered") as raised:
        importlib.import_module(written.stem)

    assert raised.value.code == "UDF_SERIALIZE"


def test_another_python_than_the_one_that_wrote_it_is_told(written: Path) -> None:
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    written.write_text(written.read_text().replace(f'"{here}"', '"3.9"'))

    with pytest.raises(millstream.MillstreamError, match=f"sent by Python 3.9 .* Python {here}") as raised:
        importlib.import_module(written.stem)

    assert raised.value.code == "VERSION_MISMATCH"


def test_a_worker_without_a_module_that_the_variables_need_is_told(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "cloudpickle"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cloudpickle", None)

    with pytest.raises(millstream.UdfError, match="reading them needs `cloudpickle") as raised:
        importlib.import_module(written.stem)

    assert raised.value.code == "UDF_IMPORT"


def test_what_can_be_sent_is_not_found_and_recursion_ends() -> None:
    def even(n: int) -> bool:
        return n == 0 or odd(n - 1)

    def odd(n: int) -> bool:
        return n != 0 and even(n - 1)

    assert unpicklable(even) is None
    assert [name for name, _ in captured_variables(even)] == ["odd"]


def test_pickles_are_registered_functions_and_accumulators_of_the_same_function_and_nothing_else() -> None:
    sources = Path(millstream.__file__).parent.rglob("*.py")
    readers = {file.name for file in sources if "pickle.load" in file.read_text()}

    # The second tries whether an accumulator can be pickled, the third merges those of a partial stage, the
    # fourth keeps them as Flink's state.
    assert readers == {"_pickled_function.py", "_describe.py", "packed.py", "adapted.py"}
