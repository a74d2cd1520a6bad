"""What a footer says about how many keys a row group has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from millstream._worker.instructions import ColumnSpec
from millstream._worker.parquet_footer import describe_files

ROWS = 20_000
COLUMNS = {
    "few": ("BIGINT", [row % 50 for row in range(ROWS)]),
    "words": ("STRING", [f"word-{row % 7}" if row % 9 else None for row in range(ROWS)]),
    "flag": ("BOOLEAN", [row % 2 == 0 for row in range(ROWS)]),
    "each": ("BIGINT", list(range(ROWS))),
}


def most_groups(folder: Path, keys: Sequence[str], **options: Any) -> int | None:
    path = folder / "t.parquet"
    table = pa.table({name: pa.array(values) for name, (_, values) in COLUMNS.items()})
    pq.write_table(table, path, row_group_size=ROWS // 2, **options)
    columns = [ColumnSpec(name, sql_type) for name, (sql_type, _) in COLUMNS.items()]
    positions = [list(COLUMNS).index(key) for key in keys]
    found = describe_files([str(path)], columns, None, positions)["mostGroups"]
    assert found is None or isinstance(found, int)
    return found


@pytest.mark.parametrize("compression", ["none", "snappy", "zstd", "gzip"])
@pytest.mark.parametrize(("key", "distinct"), [("few", 50), ("words", 8), ("flag", 3)])
def test_few_values_are_told_as_not_fewer_than_there_are(
    tmp_path: Path, key: str, distinct: int, compression: str
) -> None:
    found = most_groups(tmp_path, [key], compression=compression)
    assert found is not None
    assert distinct <= found <= 16 * distinct


def test_many_values_are_told_as_many(tmp_path: Path) -> None:
    found = most_groups(tmp_path, ["each"])
    assert found is not None
    assert found >= ROWS // 4


def test_several_keys_are_all_their_combinations_but_not_more_than_rows(tmp_path: Path) -> None:
    one, other = most_groups(tmp_path, ["flag"]), most_groups(tmp_path, ["words"])
    assert one is not None
    assert other is not None
    assert most_groups(tmp_path, ["flag", "words"]) == one * other
    assert most_groups(tmp_path, ["few", "each", "words"]) == ROWS // 2


def test_without_a_dictionary_or_a_question_nothing_is_known(tmp_path: Path) -> None:
    assert most_groups(tmp_path, ["few"], use_dictionary=False) is None
    assert most_groups(tmp_path, []) is None
