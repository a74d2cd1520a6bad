"""Places in an arena, what is written there, and when it is let go of."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream._worker import arrow_ipc
from millstream._worker.arrow_ipc import MalformedFrameError
from millstream._worker.block_allocator import ALIGNMENT, BlockAllocator
from millstream._worker.data_messages import Arena, Block, Release
from millstream._worker.mapped_arenas import MappedArenas
from millstream._worker.own_arena import LEAST_SHARED_BYTES, OwnArena

ARENA_BYTES = 4 << 20
CAPACITY = 64 * ALIGNMENT


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 20 * ALIGNMENT), st.integers(0, 1000)), max_size=80))
def test_places_never_overlap_and_all_of_them_together_are_one_again(
    steps: list[tuple[bool, int, int]],
) -> None:
    allocator = BlockAllocator()
    allocator.grow(CAPACITY // 2)
    allocator.grow(CAPACITY)
    places: list[tuple[int, int]] = []

    for takes, size, choice in steps:
        if takes:
            start = allocator.allocate(size)
            used = sorted((s, s + -(-n // ALIGNMENT) * ALIGNMENT) for s, n in places)
            if start is None:
                gaps = zip([0, *(end for _, end in used)], [*(s for s, _ in used), CAPACITY], strict=True)
                assert all(end - begin < size for begin, end in gaps)
                continue
            assert start % ALIGNMENT == 0
            assert start + size <= CAPACITY
            assert all(start + size <= begin or end <= start for begin, end in used)
            places.append((start, size))
        elif places:
            allocator.free(*places.pop(choice % len(places)))
    for place in places:
        allocator.free(*place)

    assert allocator.free_bytes == CAPACITY
    assert allocator.allocate(CAPACITY) == 0


def test_the_lowest_place_is_used_again_first() -> None:
    allocator = BlockAllocator()
    allocator.grow(CAPACITY)
    first, second = allocator.allocate(100), allocator.allocate(100)
    assert (first, second) == (0, 2 * ALIGNMENT)

    allocator.free(0, 100)

    assert allocator.allocate(100) == 0


def numbers(first: int, rows: int = 20_000) -> pa.RecordBatch:
    """A batch large enough to be shared, with nulls and text."""
    values = list(range(first, first + rows))
    return pa.record_batch(
        {
            "n": pa.array(values, pa.int64()),
            "s": pa.array([None if v % 3 == 0 else f"row {v}" for v in values]),
        }
    )


@pytest.fixture
def arenas(tmp_path: Path) -> Iterator[tuple[OwnArena, MappedArenas]]:
    """An arena as its writer has it, and as a reader maps it."""
    path = tmp_path / "arena"
    path.write_bytes(bytes(ARENA_BYTES))
    own, mapped = OwnArena(), MappedArenas()
    own.grow(Arena(3, str(path), ARENA_BYTES, ARENA_BYTES // 2))
    mapped.map(Arena(3, str(path), ARENA_BYTES, 0))
    yield own, mapped


def shared(own: OwnArena, batch: pa.RecordBatch) -> tuple[pa.Buffer, Block]:
    head, block = own.write(batch)
    assert block is not None
    return head, block


def test_a_batch_is_read_from_shared_memory_without_a_copy(arenas: tuple[OwnArena, MappedArenas]) -> None:
    own, mapped = arenas
    batch = numbers(5)

    head, block = shared(own, batch)
    message = mapped.open(block, head)
    read = arrow_ipc.read_group(message, batch.schema, batch.num_rows, None)

    assert read.equals(batch)
    assert block.offset % ALIGNMENT == 0
    assert len(message) == block.length == batch.serialize().size
    assert 0 <= read.column(0).buffers()[1].address - message.address < block.length


def test_a_sliced_batch_is_shared_alone(arenas: tuple[OwnArena, MappedArenas]) -> None:
    own, mapped = arenas
    part = numbers(0).slice(1_001, 15_000)

    head, block = shared(own, part)

    message = mapped.open(block, head)
    assert arrow_ipc.read_group(message, part.schema, part.num_rows, None).equals(part)
    assert block.length == part.serialize().size


def test_a_block_is_let_go_of_when_the_last_array_over_it_is_gone(
    arenas: tuple[OwnArena, MappedArenas],
) -> None:
    own, mapped = arenas
    head, block = shared(own, numbers(0))
    batch = arrow_ipc.read_group(mapped.open(block, head), numbers(0).schema, 20_000, None)

    kept = batch.column(0).slice(100, 10).to_numpy()
    del batch
    gc.collect()
    assert mapped.releases(0) == []
    del kept
    gc.collect()

    assert mapped.releases(block.length + 1) == []
    assert mapped.releases(block.length) == [Release(3, [block.generation])]
    assert mapped.releases(0) == []


def test_a_batch_that_was_never_decoded_is_let_go_of_too(arenas: tuple[OwnArena, MappedArenas]) -> None:
    own, mapped = arenas
    head, block = shared(own, numbers(0))

    opened = [mapped.open(block, head), mapped.open(block, head)]
    del opened
    gc.collect()

    assert mapped.releases(0) == [Release(3, [block.generation] * 2)]


def test_what_finds_no_room_goes_inline_until_blocks_are_free(arenas: tuple[OwnArena, MappedArenas]) -> None:
    own, _ = arenas
    batch = numbers(0, 50_000)
    written = [own.write(batch) for _ in range(5)]
    blocks = [block for _, block in written if block is not None]
    assert 0 < len(blocks) < 5
    assert written[-1][0].equals(batch.serialize())

    own.free([blocks[0].generation])

    again = own.write(batch)[1]
    assert again is not None
    assert (again.offset, again.generation) == (blocks[0].offset, blocks[-1].generation + 1)


def test_an_arena_that_grows_has_room_for_more(arenas: tuple[OwnArena, MappedArenas]) -> None:
    own, _ = arenas
    batch = numbers(0, 50_000)
    while own.write(batch)[1] is not None:
        pass

    own.grow(Arena(3, "", ARENA_BYTES, ARENA_BYTES))

    assert own.write(batch)[1] is not None


def test_small_batches_go_inline(arenas: tuple[OwnArena, MappedArenas]) -> None:
    own, _ = arenas
    small = numbers(0, 100)
    assert small.nbytes < LEAST_SHARED_BYTES

    assert own.write(small)[1] is None
    assert OwnArena().write(numbers(0))[1] is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"arena": 4}, "never mapped"),
        ({"offset": ARENA_BYTES}, "outside of arena 3"),
        ({"offset": 1 << 20}, "not what was announced"),
    ],
)
def test_a_block_that_cannot_be_what_was_announced_is_refused(
    arenas: tuple[OwnArena, MappedArenas], changes: dict[str, int], reason: str
) -> None:
    own, mapped = arenas
    head, block = shared(own, numbers(0))
    fields = {"arena": 3, "offset": block.offset, "length": block.length, "generation": 1, **changes}

    with pytest.raises(MalformedFrameError, match=reason):
        mapped.open(Block(**fields), head)


def test_an_arena_that_is_gone_is_unmapped(arenas: tuple[OwnArena, MappedArenas], tmp_path: Path) -> None:
    own, mapped = arenas
    head, block = shared(own, numbers(0))

    mapped.map(Arena(3, None, ARENA_BYTES, 0))

    with pytest.raises(MalformedFrameError, match="never mapped"):
        mapped.open(block, head)
