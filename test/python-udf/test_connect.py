"""`millstream.connect` with a real runtime: queries, tables, functions, errors, Ctrl-C."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import connect_functions
import pyarrow as pa
import pytest

import millstream
from millstream._client.connection import Connection

ENDLESS = """
CREATE TEMPORARY TABLE IF NOT EXISTS ticks (n BIGINT)
WITH ('connector' = 'datagen', 'rows-per-second' = '1000');
"""


@pytest.fixture(scope="module")
def con() -> Iterator[Connection]:
    with millstream.connect({"parallelism.default": 1}) as connection:
        yield connection


def test_a_query_gives_its_rows_as_tuples_table_frame_and_batches(con: Connection) -> None:
    result = con.sql("SELECT id, name FROM (VALUES (1, 'a'), (2, 'b')) AS t(id, name) ORDER BY id")

    assert (result.columns, result.types) == (["id", "name"], ["INT NOT NULL", "CHAR(1) NOT NULL"])
    assert result.fetchall() == [(1, "a"), (2, "b")]
    assert result.arrow().to_pydict() == {"id": [1, 2], "name": ["a", "b"]}
    assert result.df()["name"].tolist() == ["a", "b"]
    assert [batch.num_rows for batch in result] == [2]


def test_an_empty_result_keeps_its_types(con: Connection) -> None:
    table = con.sql("SELECT CAST(x AS DECIMAL(5, 2)) AS d FROM (VALUES (1.5)) AS t(x) WHERE x > 2").arrow()

    assert (table.num_rows, table.schema.field("d").type) == (0, pa.decimal128(5, 2))


def test_a_registered_table_keeps_types_and_nulls(con: Connection) -> None:
    columns: dict[str, Any] = {
        "i": pa.array([1, None], pa.int64()),
        "u": pa.array([255, None], pa.uint8()),
        "d": pa.array([Decimal("1.50"), None], pa.decimal128(10, 2)),
        "t": pa.array([datetime(2020, 1, 2, 3, 4, 5, 6), None], pa.timestamp("us")),
        "day": pa.array([date(2020, 1, 2), None], pa.date32()),
        "l": pa.array([[1, None], None], pa.list_(pa.int32())),
        "r": pa.array([{"a": "x"}, None], pa.struct([("a", pa.string())])),
        "c": pa.array(["x", None]).dictionary_encode(),
    }

    con.register("exact", pa.table(columns))
    result = con.sql("SELECT * FROM exact")

    nested = ["ARRAY<INT>", "ROW<`a` STRING>"]
    assert result.types == ["BIGINT", "SMALLINT", "DECIMAL(10, 2)", "TIMESTAMP(6)", "DATE", *nested, "STRING"]
    assert result.arrow().to_pylist() == pa.table(columns).to_pylist()


def test_arrow_data_of_any_layout_are_a_table(con: Connection, tmp_path: Path) -> None:
    union = pa.UnionArray.from_sparse(
        pa.array([0, 1], pa.int8()), [pa.array([1, None]), pa.array([None, "x"])], ["n", "s"]
    )
    columns = {
        "word": pa.array(["a", None]).dictionary_encode(),
        "runs": pa.RunEndEncodedArray.from_arrays(pa.array([2], pa.int32()), pa.array([1.5])),
        "views": pa.array([["a"], None], pa.list_view(pa.string_view())),
        "big": pa.array([2**64 - 1, None], pa.uint64()),
        "wide": pa.array([Decimal("1.50"), None], pa.decimal256(50, 2)),
        "fixed": pa.array([b"ab", None], pa.binary(2)),
        "pause": pa.array([timedelta(seconds=2), None], pa.duration("us")),
        "interval": pa.array([pa.MonthDayNano([1, 2, 3]), None]),
        "nothing": pa.nulls(2),
        "either": union,
    }
    file = tmp_path / "any.arrow"
    with pa.ipc.new_file(file, pa.table(columns).schema) as writer:
        writer.write_table(pa.table(columns))

    with pa.memory_map(str(file)) as source:
        con.register("anything", pa.ipc.open_file(source))

    first, second = con.sql("SELECT * FROM anything").arrow().to_pylist()
    assert first == {
        "word": "a",
        "runs": 1.5,
        "views": ["a"],
        "big": Decimal(2**64 - 1),
        "wide": Decimal("1.50"),
        "fixed": b"ab",
        "pause": 2000,
        "interval": {"months": 1, "days": 2, "nanoseconds": 3},
        "nothing": None,
        "either": {"tag": "n", "n": 1, "s": None},
    }
    assert second["either"] == {"tag": "s", "n": None, "s": "x"}
    assert [name for name, value in second.items() if value is not None] == ["runs", "either"]


def test_frames_readers_and_batches_can_be_registered_and_replaced(con: Connection) -> None:
    pandas = pytest.importorskip("pandas")
    batch = pa.record_batch({"x": [1, 2]})

    con.register("data", batch)
    con.register("data", iter([batch, batch]))
    from_batches = con.sql("SELECT SUM(x) FROM data").fetchall()
    con.register("data", pandas.DataFrame({"x": [1.5]}, index=["left out"]))

    assert from_batches == [(6,)]
    assert con.sql("SELECT * FROM data").fetchall() == [(1.5,)]


def test_nullable_integers_of_a_frame_are_no_floats(con: Connection) -> None:
    con.register("holes", pa.table({"x": [2**60 + 1, None]}))

    frame = con.sql("SELECT x, x AS y FROM holes").df()

    assert str(frame["x"].dtype) == "Int64"
    assert frame["x"][0] == 2**60 + 1


def test_data_that_sql_does_not_have_are_refused_by_column(con: Connection) -> None:
    with pytest.raises(millstream.SourceError, match="Column `big` of table `t`") as of_type:
        con.register("t", pa.table({"big": pa.array([{}], pa.struct([]))}))
    with pytest.raises(millstream.SourceError, match="cannot be made of int"):
        con.register("t", 5)
    with pytest.raises(millstream.SourceError, match="needs a name"):
        con.register(pa.table({"x": [1]}))

    assert of_type.value.code == "REGISTER_TYPE"


def test_a_function_of_a_module_is_registered_under_its_name_or_another(con: Connection) -> None:
    con.register(connect_functions.triple)
    con.register("threefold", connect_functions.triple)

    assert con.sql("SELECT triple(x), threefold(x + 1) FROM (VALUES (2)) AS t(x)").fetchall() == [(6, 9)]


def test_what_a_function_prints_is_on_stderr(con: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    con.register(connect_functions.talk)

    con.sql("SELECT talk(x) FROM (VALUES (7)) AS t(x)").fetchall()
    con.sql("SELECT 1").fetchall()

    assert "[talk] got 7" in capsys.readouterr().err


def test_an_error_in_sql_has_code_place_and_excerpt(con: Connection) -> None:
    with pytest.raises(millstream.SqlError) as raised:
        con.sql("SELECT nope\nFROM (VALUES (1)) AS t(x)")

    error = raised.value
    assert (error.code, error.details.line, error.details.column) == ("SQL_UNKNOWN_COLUMN", 1, 8)
    if sys.version_info >= (3, 11):
        assert "1 | SELECT nope\n    |        ^^^^" in error.__notes__[0]


def test_an_exception_in_a_function_arrives_with_values_and_traceback(con: Connection) -> None:
    con.register(connect_functions.fail)

    with pytest.raises(millstream.UdfError) as raised:
        con.sql("SELECT fail(x) FROM (VALUES (1), (2)) AS t(x)").fetchall()

    details = raised.value.details
    assert raised.value.code == "UDF_EXCEPTION"
    assert (details.function, details.values) == ("fail", {"x": "2"})
    assert "ValueError: no twos" in str(details.traceback)


def test_what_is_no_single_query_is_not_run(con: Connection, tmp_path: Path) -> None:
    con.execute(
        f"CREATE TEMPORARY TABLE out_table (x INT) "
        f"WITH ('connector' = 'filesystem', 'path' = '{tmp_path}/out', 'format' = 'csv')"
    )

    with pytest.raises(millstream.PlanError) as raised:
        con.sql("INSERT INTO out_table SELECT 1")

    assert raised.value.code == "QUERY_EXPECTED"
    assert not (tmp_path / "out").exists()


def test_a_script_gives_the_outcome_of_each_statement(con: Connection, tmp_path: Path) -> None:
    con.register(connect_functions.triple)

    outcomes = con.execute(f"""
        CREATE TEMPORARY TABLE written (x INT)
        WITH ('connector' = 'filesystem', 'path' = '{tmp_path}/out', 'format' = 'parquet');
        INSERT INTO written SELECT CAST(triple(x) AS INT) FROM (VALUES (1), (2)) AS t(x);
        SELECT SUM(x) AS total FROM written;
    """)

    assert [outcome.kind for outcome in outcomes] == ["ok", "inserted", "rows"]
    assert (outcomes[1].name, outcomes[1].rows) == ("written", 2)
    assert outcomes[2].table is not None
    assert outcomes[2].table.to_pylist() == [{"total": 9}]


def test_a_job_finds_its_functions_beside_it_and_stays_in_the_session(
    con: Connection, tmp_path: Path
) -> None:
    (tmp_path / "beside.py").write_text("def half(x: int) -> float:\n    return x / 2\n")
    (tmp_path / "job.sql").write_text(
        "CREATE TEMPORARY FUNCTION half AS 'beside.half' LANGUAGE PYTHON;\nSELECT half(3) AS h;"
    )

    *_, outcome = con.run(tmp_path / "job.sql")

    assert outcome.table is not None
    assert outcome.table.to_pylist() == [{"h": 1.5}]
    assert con.sql("SELECT half(5)").fetchall() == [(2.5,)]


def test_inserts_of_a_statement_set_see_the_same_rows(con: Connection, tmp_path: Path) -> None:
    tables = "".join(
        f"CREATE TEMPORARY TABLE {name} (x BIGINT) WITH "
        f"('connector' = 'filesystem', 'path' = '{tmp_path / name}', 'format' = 'parquet');"
        for name in ("once", "again")
    )
    con.execute(f"""
        CREATE TEMPORARY TABLE random (x BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '50');
        {tables}
        EXECUTE STATEMENT SET BEGIN
            INSERT INTO once SELECT x FROM random;
            INSERT INTO again SELECT x FROM random;
        END""")

    rows = [sorted(con.sql(f"SELECT x FROM {name}").fetchall()) for name in ("once", "again")]
    assert len(rows[0]) == 50
    assert rows[0] == rows[1]


def test_explain_shows_stages_and_runs_nothing(con: Connection) -> None:
    assert "relational-1" in con.explain("SELECT x FROM (VALUES (1)) AS t(x)")


def test_an_endless_result_is_read_piece_by_piece_until_the_loop_is_left(con: Connection) -> None:
    con.execute(ENDLESS)

    batch = next(iter(con.sql("SELECT n FROM ticks")))

    assert batch.num_rows > 0
    assert con.sql("SELECT 1").fetchall() == [(1,)]


def test_a_result_that_another_statement_ended_says_so(con: Connection) -> None:
    con.execute(ENDLESS)
    batches = con.sql("SELECT n FROM ticks").batches()
    next(batches)

    assert con.sql("SELECT 1").fetchall() == [(1,)]
    with pytest.raises(millstream.CancelledError) as raised:
        list(batches)

    assert raised.value.code == "RESULT_LEFT"


def test_ctrl_c_ends_a_hanging_function_and_leaves_the_connection_usable(
    con: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    class CtrlC:
        """Interrupts when the function has begun."""

        def write(self, text: str) -> None:
            if "hanging" in text:
                raise KeyboardInterrupt

    con.register(connect_functions.hang)
    con.register(connect_functions.triple)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(sys, "stderr", CtrlC())
        con.sql("SELECT hang(x) FROM (VALUES (1)) AS t(x)").fetchall()

    assert con.sql("SELECT triple(x) FROM (VALUES (2)) AS t(x)").fetchall() == [(6,)]
