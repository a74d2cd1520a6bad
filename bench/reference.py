"""The reference: a plain loop in one Python process over the same Parquet file.

    python reference.py generate FOLDER ROWS
    python reference.py generate-wide FOLDER ROWS
    python reference.py serve

``serve`` takes a JSON line with ``workload`` and ``file`` and answers with one: seconds and a checksum.
Timed is what a user of a plain script waits for: reading the file and calling the function, not the imports.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

BATCH_ROWS = 65_536
ROW_GROUP_ROWS = 131_072
WIDE_COLUMNS = 50


def generate(folder: Path, rows: int) -> None:
    """Writes ``rows`` rows of doubles (multiples of 1/1024, so that sums are exact), keys and strings."""
    target = folder / f"rows-{rows}.parquet"
    if target.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(20_240_501)
    schema = pa.schema(
        [("x", pa.float64()), ("y", pa.float64()), ("k", pa.int64()), ("s", pa.string())],
    )
    temporary = target.with_suffix(".tmp")
    with pq.ParquetWriter(temporary, schema, compression="snappy") as writer:
        for start in range(0, rows, ROW_GROUP_ROWS):
            n = min(ROW_GROUP_ROWS, rows - start)
            words = random.integers(0, 1000, (n, 2))
            strings = [f"w{a}-item-{b}" for a, b in words.tolist()]
            columns = [
                random.integers(-(2**20), 2**20, n) / 1024,
                random.integers(-(2**20), 2**20, n) / 1024,
                random.integers(0, 1000, n),
                strings,
            ]
            arrays = [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
            writer.write_batch(pa.record_batch(arrays, schema=schema), row_group_size=ROW_GROUP_ROWS)
    temporary.rename(target)


def generate_wide(folder: Path, rows: int) -> None:
    """Writes ``rows`` rows of the doubles x, y and c2 to c49."""
    target = folder / f"wide-{rows}.parquet"
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(20_240_502)
    names = ["x", "y", *(f"c{i}" for i in range(2, WIDE_COLUMNS))]
    schema = pa.schema([(name, pa.float64()) for name in names])
    temporary = target.with_suffix(".tmp")
    with pq.ParquetWriter(temporary, schema, compression="snappy") as writer:
        for start in range(0, rows, ROW_GROUP_ROWS):
            n = min(ROW_GROUP_ROWS, rows - start)
            arrays = [pa.array(random.integers(-(2**20), 2**20, n) / 1024) for _ in names]
            writer.write_batch(pa.record_batch(arrays, schema=schema), row_group_size=ROW_GROUP_ROWS)
    temporary.rename(target)


def batches(file: str, columns: list[str]):
    return pq.ParquetFile(file).iter_batches(batch_size=BATCH_ROWS, columns=columns)


def rows_of_two(function, file):
    total = 0.0
    for batch in batches(file, ["x", "y"]):
        for x, y in zip(batch["x"].to_numpy().tolist(), batch["y"].to_numpy().tolist(), strict=True):
            total += function(x, y)
    return total


def vectors_of_two(function, file):
    total = 0.0
    for batch in batches(file, ["x", "y"]):
        total += float(function(batch["x"].to_numpy(), batch["y"].to_numpy()).sum())
    return total


def strings(function, file):
    total = 0
    for batch in batches(file, ["s"]):
        for s in batch["s"].to_pylist():
            total += len(function(s))
    return total


def groups(function, file):
    accumulators = {}
    for batch in batches(file, ["x", "y", "k"]):
        columns = (batch[c].to_numpy().tolist() for c in ("k", "x", "y"))
        for k, x, y in zip(*columns, strict=True):
            accumulator = accumulators.get(k)
            if accumulator is None:
                accumulator = accumulators[k] = function.create_accumulator()
            function.accumulate(accumulator, x, y)
    return sum(round(function.get_value(a), 6) for a in accumulators.values())


def vectors_of_groups(function, file):
    table = pq.read_table(file, columns=["x", "y", "k"])
    x, y, k = (table[c].to_numpy() for c in ("x", "y", "k"))
    order = np.argsort(k, kind="stable")
    x, y, k = x[order], y[order], k[order]
    bounds = [0, *(np.flatnonzero(np.diff(k)) + 1).tolist(), len(k)]
    return sum(function(x[a:b], y[a:b]) for a, b in zip(bounds, bounds[1:], strict=False))


def exploded(function, file):
    total = 0
    for batch in batches(file, ["s"]):
        for s in batch["s"].to_pylist():
            for _, length in function(s):
                total += length
    return total


def main() -> None:
    generators = {"generate": generate, "generate-wide": generate_wide}
    if sys.argv[1] in generators:
        generators[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
        return
    import functions

    loops = {
        "w1": (rows_of_two, functions.w1),
        "w2": (vectors_of_two, functions.w2),
        "w3": (strings, functions.w3),
        "w4": (vectors_of_two, functions.w4),
        "w5": (groups, functions.WeightedMean()),
        "w5_whole": (groups, functions.WeightedMeanOfWhole()),
        "w5_vectors": (vectors_of_groups, functions.w5_vectors),
        "w6": (exploded, functions.w6),
    }
    for line in sys.stdin:
        asked = json.loads(line)
        loop, function = loops[asked["workload"]]
        plain = getattr(function, "__wrapped__", function)
        start = time.perf_counter()
        checksum = loop(plain, asked["file"])
        seconds = time.perf_counter() - start
        print(json.dumps({"seconds": seconds, "checksum": checksum}), flush=True)


if __name__ == "__main__":
    main()
