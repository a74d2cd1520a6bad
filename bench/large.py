"""Files of the benchmark `large`, and whether what came out of it is right.

    large.py generate FOLDER ROWS    writes FOLDER/t.parquet (ROWS rows) and FOLDER/u.parquet (half as many)
    large.py check FOLDER            prints the rows of FOLDER/*.parquet; fails where `k` does not ascend

`t` has `k`, every number below ROWS once and in no order, `g`, every number below ROWS / 2 twice, and `v`;
`u` has each `g` once with a `w`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import pyarrow.compute as pc
import pyarrow.parquet as pq

# Coprime to every number of rows that ends in zeros.
STEP = 7_368_787


def generate(folder: Path, rows: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    groups = rows // 2
    connection = duckdb.connect()
    connection.execute(
        f"COPY (SELECT i * {STEP} % {rows} AS k, i * {STEP} % {groups} AS g, CAST(i % 1000 AS DOUBLE) AS v, "
        f"'row ' || i AS s FROM range({rows}) AS r(i)) TO '{folder}/t.parquet' (FORMAT parquet)"
    )
    connection.execute(
        f"COPY (SELECT i * {STEP} % {groups} AS g, CAST(i % 10 AS DOUBLE) AS w FROM range({groups}) AS r(i)) "
        f"TO '{folder}/u.parquet' (FORMAT parquet)"
    )


def check(folder: Path) -> int:
    rows, last = 0, -1
    for file in sorted(folder.glob("*.parquet")):
        for batch in pq.ParquetFile(file).iter_batches(columns=["k"]):
            keys = batch.column(0)
            ascends = pc.all(pc.less(keys.slice(0, len(keys) - 1), keys.slice(1))).as_py()
            if not ascends or keys[0].as_py() <= last:
                raise SystemExit(f"{file}: the rows are not in order after row {rows}")
            rows, last = rows + len(keys), keys[-1].as_py()
    return rows


if __name__ == "__main__":
    command, place = sys.argv[1], Path(sys.argv[2])
    if command == "generate":
        generate(place, int(sys.argv[3]))
    else:
        print(check(place))
