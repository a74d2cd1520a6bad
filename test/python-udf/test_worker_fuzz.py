"""Any bytes as frames of the core: read as what they say, or refused with a typed error."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from millstream._worker import arrow_ipc, protocol
from millstream._worker.arrow_ipc import MalformedFrameError

MESSAGES = Path(__file__).parents[1] / "fixtures" / "messages"
GOLDEN = [json.loads(file.read_text()) for file in sorted(MESSAGES.glob("*.json"))]
EXAMPLES = 2_000 if os.environ.get("MILLSTREAM_LONG") == "1" else 200
BATCH = pa.record_batch(
    {
        "number": pa.array([1, None, 3], pa.int64()),
        "text": pa.array(["a", None, "ü"]),
        "list": pa.array([[1.5], None, []], pa.list_(pa.float64())),
        "row": pa.array([{"x": 1}, None, {"x": None}], pa.struct([("x", pa.int8())])),
        "flag": pa.array([True, False, None]),
    }
)
MESSAGE = BATCH.serialize().to_pybytes()

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.sampled_from(GOLDEN), st.data())
def test_a_message_with_any_property_changed_is_read_or_refused(golden: Any, data: st.DataObject) -> None:
    message = dict(golden)
    key = data.draw(st.sampled_from(sorted(message)) | st.text())
    message[key] = data.draw(json_values)
    for decode in (protocol.decode_data, protocol.decode_control):
        with contextlib.suppress(msgspec.ValidationError):
            decode(json.dumps(message).encode())


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.binary(max_size=300))
def test_bytes_that_are_no_message_are_refused(text: bytes) -> None:
    for read in (arrow_ipc.read_schema, lambda frame: arrow_ipc.read_group(frame, BATCH.schema, 3, None)):
        with contextlib.suppress(MalformedFrameError):
            read(text)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(MESSAGE) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_batch_with_changed_bytes_is_read_to_its_last_value_or_refused(
    changes: list[tuple[int, int]],
) -> None:
    message = bytearray(MESSAGE)
    for position, value in changes:
        message[position] = value
    try:
        batch = arrow_ipc.read_group(bytes(message), BATCH.schema, 3, None)
    except MalformedFrameError:
        return
    assert batch.schema == BATCH.schema
    assert len(batch.to_pylist()) == 3


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(st.integers(-(2**31), 2**31 - 1), max_size=5), st.binary(max_size=3))
def test_a_selection_of_any_positions_picks_rows_or_is_refused(positions: list[int], rest: bytes) -> None:
    frame = b"".join(position.to_bytes(4, "little", signed=True) for position in positions) + rest
    try:
        selection = arrow_ipc.read_selection(frame)
        batch = arrow_ipc.read_group(MESSAGE, BATCH.schema, 3, selection)
    except MalformedFrameError:
        assert len(rest) % 4 or any(not 0 <= position < 3 for position in positions)
        return
    assert batch.num_rows == len(positions)
