"""Cutting batches between key groups, against a row-by-row reference."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest

from millstream._worker.key_cuts import KeyBatch, cut_between_keys

NAN = float("nan")
SCHEMA = pa.schema([("k", pa.float64()), ("g", pa.string()), ("n", pa.int64())])


def batches_of(rows: list[tuple[float | None, str | None]], sizes: list[int]) -> list[pa.RecordBatch]:
    batches = []
    start = 0
    for size in sizes:
        part = rows[start : start + size]
        columns = [[k for k, _ in part], [g for _, g in part], list(range(start, start + len(part)))]
        arrays = [pa.array(values, field.type) for values, field in zip(columns, SCHEMA, strict=True)]
        batches.append(pa.record_batch(arrays, schema=SCHEMA))
        start += size
    return batches


def numbers(cut: list[KeyBatch]) -> list[list[int]]:
    return [each.batch.column("n").to_pylist() for each in cut]


def test_batches_are_cut_where_the_key_changes() -> None:
    rows = [(1.0, "a"), (1.0, "b"), (1.0, "b"), (1.0, "b"), (2.0, "b"), (2.0, "c")]

    cut = list(cut_between_keys(batches_of(rows, [3, 3]), [0, 1], SCHEMA, 3))

    assert numbers(cut) == [[0], [1, 2, 3, 4, 5]]
    assert not any(each.continued for each in cut)


def test_nulls_are_one_group_and_nans_are_another() -> None:
    rows: list[tuple[float | None, str | None]] = [(None, None)] * 3 + [(NAN, None)] * 3

    cut = list(cut_between_keys(batches_of(rows, [2, 2, 2]), [0, 1], SCHEMA, 3))

    assert numbers(cut) == [[0, 1, 2], [3, 4, 5]]
    assert not any(each.continued for each in cut)


def test_a_group_larger_than_a_batch_goes_on() -> None:
    rows: list[tuple[float | None, str | None]] = [(1.0, "a")] * 7 + [(2.0, "a")]

    cut = list(cut_between_keys(batches_of(rows, [3, 3, 2]), [0], SCHEMA, 3))

    assert numbers(cut)[0] == [0, 1, 2]
    assert [each.continued for each in cut][0] is True
    assert cut[-1].continued is False


def test_without_keys_all_batches_but_the_last_go_on() -> None:
    rows: list[tuple[float | None, str | None]] = [(float(n), None) for n in range(5)]

    cut = list(cut_between_keys(batches_of(rows, [2, 2, 1]), [], SCHEMA, 3))

    assert numbers(cut) == [[0, 1, 2, 3], [4]]
    assert [each.continued for each in cut] == [True, False]


def test_without_keys_and_rows_there_is_one_empty_group() -> None:
    cut = list(cut_between_keys(batches_of([], [0, 0]), [], SCHEMA, 3))

    assert [(each.batch.num_rows, each.continued, each.batch.schema) for each in cut] == [(0, False, SCHEMA)]


def test_with_keys_and_without_rows_there_is_nothing() -> None:
    assert list(cut_between_keys(batches_of([], [0]), [0], SCHEMA, 3)) == []


def test_nested_keys_are_compared_by_value() -> None:
    schema = pa.schema([("k", pa.list_(pa.int64()))])
    batches = [
        pa.record_batch([pa.array(values, schema.field(0).type)], schema)
        for values in ([[1], [1]], [[1], [2]])
    ]

    cut = list(cut_between_keys(batches, [0], schema, 3))

    assert [each.batch.column(0).to_pylist() for each in cut] == [[[1], [1], [1], [2]]]


@pytest.mark.parametrize("seed", range(30))
def test_any_cuts_keep_rows_in_order_and_groups_whole(seed: int) -> None:
    chance = random.Random(seed)
    keys = [(chance.choice([None, NAN, 1.0, 2.0]), chance.choice([None, "a", ""])) for _ in range(8)]
    groups = [(key, chance.choice([1, 1, 2, 3, 9])) for key in keys]
    rows = [key for key, count in groups for _ in range(count)]
    sizes = []
    while sum(sizes) < len(rows):
        sizes.append(chance.randint(0, 6))

    cut = list(cut_between_keys(batches_of(rows, sizes), [0, 1], SCHEMA, 3))

    assert [n for part in numbers(cut) for n in part] == list(range(len(rows)))
    assert all(each.batch.num_rows < 3 + 6 for each in cut)
    for before, after in zip(cut, cut[1:], strict=False):
        first, second = (rows[each.batch.column("n")[at].as_py()] for each, at in ((before, -1), (after, 0)))
        assert before.continued == (repr(first) == repr(second))
        if before.continued:
            assert before.batch.num_rows >= 3
            assert len({repr(rows[n]) for n in before.batch.column("n").to_pylist()}) == 1
