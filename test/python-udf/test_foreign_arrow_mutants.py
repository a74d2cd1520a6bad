"""Damaged streams of every type as a user's data: registered or refused, and no crash of the program."""

from __future__ import annotations

import collections
import os
import random
from pathlib import Path

import pyarrow as pa
from connect_support import run_python
from golden_streams import golden_streams

from millstream._client.tables import write_table
from millstream.errors import SourceError

MUTANTS = 5_000 if os.environ.get("MILLSTREAM_LONG") == "1" else 200
SEED = int(os.environ.get("MILLSTREAM_SEED", "12148"))


def test_a_damaged_stream_is_a_table_or_refused() -> None:
    """In a process of its own, so that a crash is told with its seed."""
    ran = run_python(__file__, str(SEED), str(MUTANTS))

    assert ran.returncode == 0, f"seed {ran.stdout.split()[-1:]}: {ran.stderr[-2000:]}"


def _register_mutants(first: int, count: int, folder: Path) -> collections.Counter[str]:
    streams = [stream for _, stream, _ in golden_streams() if len(stream) < 60_000]
    outcomes: collections.Counter[str] = collections.Counter()
    for seed in range(first, first + count):
        drawn = random.Random(seed)
        damaged = bytearray(drawn.choice(streams))
        for _ in range(drawn.randint(1, 4)):
            damaged[drawn.randrange(len(damaged))] = drawn.choice([0, 1, 255, drawn.randrange(256)])
        print(seed, flush=True)
        try:
            write_table("t", pa.ipc.open_stream(bytes(damaged)), folder / "t.parquet")
            outcomes["table"] += 1
        except SourceError:
            outcomes["refused"] += 1
        except (pa.ArrowException, OSError, UnicodeDecodeError):
            outcomes["not read by Arrow"] += 1
    return outcomes


if __name__ == "__main__":
    import sys
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        _register_mutants(int(sys.argv[1]), int(sys.argv[2]), Path(name))
