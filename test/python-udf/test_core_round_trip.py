"""What Python encodes, the core decodes, encodes again, and Python decodes: nothing is lost on the way."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_columns import TYPED, same_values

from millstream._execution.codec import codec_for
from millstream._worker.arrow_ipc import batch_frame, read_group, read_schema, schema_frame

ROOT = Path(__file__).parents[2]


class Core:
    """A Node process that answers batches (core_echo.mjs)."""

    def __init__(self, node: str) -> None:
        self._process = subprocess.Popen(
            [node, str(Path(__file__).with_name("core_echo.mjs"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def echo(
        self, batch: pa.RecordBatch, types: list[str], selection: list[int]
    ) -> tuple[pa.RecordBatch, pa.RecordBatch]:
        """The batch encoded anew, and its selected rows."""
        frames = [schema_frame(batch.schema), batch_frame(batch)]
        columns = [{"name": name, "type": text} for name, text in zip(batch.schema.names, types, strict=True)]
        header = {"columns": columns, "rows": batch.num_rows, "selection": selection}
        sizes = [frame.size for frame in frames]
        self._send(json.dumps({**header, "frames": sizes}).encode() + b"\n", *map(memoryview, frames))
        answer = json.loads(self._output().readline())
        assert answer["error"] is None, answer["error"]
        schema, encoded, taken = (pa.py_buffer(self._output().read(size)) for size in answer["frames"])
        return (
            read_group(encoded, read_schema(schema), batch.num_rows, None),
            read_group(taken, batch.schema, len(selection), None),
        )

    def close(self) -> None:
        """Ends the process."""
        self._process.communicate()

    def _send(self, *frames: bytes | memoryview) -> None:
        assert self._process.stdin is not None
        for frame in frames:
            self._process.stdin.write(frame)
        self._process.stdin.flush()

    def _output(self) -> Any:
        return self._process.stdout


@pytest.fixture(scope="module")
def core() -> Iterator[Core]:
    node = shutil.which("node")
    if node is None or not (ROOT / "dist/core/index.js").exists():
        pytest.skip("needs node on the PATH and a built core (npm run build)")
    started = Core(node)
    yield started
    started.close()


@given(st.data(), st.lists(TYPED, min_size=1, max_size=3))
def test_columns_of_any_types_survive_the_way_through_the_core(
    core: Core, data: st.DataObject, typed: list[Any]
) -> None:
    rows = data.draw(st.integers(0, 6))
    columns = [data.draw(st.lists(values, min_size=rows, max_size=rows)) for _, values in typed]
    start = data.draw(st.integers(0, rows))
    selection = sorted(data.draw(st.lists(st.integers(0, rows - 1), max_size=8))) if rows else []
    codecs = [codec_for(data_type) for data_type, _ in typed]
    arrays = [codec.encode(values) for codec, values in zip(codecs, columns, strict=True)]
    whole = pa.record_batch(arrays, [f"c{i}" for i in range(len(arrays))])

    for batch, first in ((whole, 0), (whole.slice(start), start)):
        picked = [position for position in selection if position < batch.num_rows]
        encoded, taken = core.echo(batch, [str(data_type) for data_type, _ in typed], picked)

        assert encoded.schema.types == whole.schema.types
        for i, codec in enumerate(codecs):
            values = columns[i][first:]
            assert same_values(list(codec.decode(encoded.column(i))), values)
            assert same_values(list(codec.decode(taken.column(i))), [values[row] for row in picked])
