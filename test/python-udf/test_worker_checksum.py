"""Checksums behind the messages of the data connection, and what comes of forged and damaged messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import zmq
from hypothesis import given
from hypothesis import strategies as st

from millstream._worker.arrow_ipc import MalformedFrameError
from millstream._worker.checksum import check_last, checksum_frame
from millstream._worker.data_channel import DataChannel
from millstream._worker.data_messages import End

if TYPE_CHECKING:
    from collections.abc import Iterator

END = b'{"type":"end","stage":"s","epoch":1,"input":0,"statistics":null}'


@pytest.fixture
def wire() -> Iterator[tuple[zmq.Socket[bytes], DataChannel]]:
    """The core's socket, and the channel of a worker that was told to use checksums."""
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    core = context.socket(zmq.DEALER)
    core.bind("inproc://data")
    channel = DataChannel(context, "inproc://data")
    channel.has_checksums = True
    yield core, channel
    core.close(0)
    channel.close()
    context.term()


def test_a_message_with_its_checksum_arrives_and_what_is_sent_has_one(
    wire: tuple[zmq.Socket[bytes], DataChannel],
) -> None:
    core, channel = wire
    core.send_multipart([END, checksum_frame([END])])
    channel.wait()

    received = channel.receive()

    assert received is not None
    assert isinstance(received[0], End)
    assert list(received[1]) == []
    channel.send(End("s", 1, 0, None))
    check_last(core.recv_multipart())


@pytest.mark.parametrize(
    "frames", [[END], [END, b"\0\0\0\0"], [END.replace(b"s", b"t"), checksum_frame([END])]]
)
def test_a_message_without_its_checksum_is_refused(
    wire: tuple[zmq.Socket[bytes], DataChannel], frames: list[bytes]
) -> None:
    core, channel = wire
    core.send_multipart(frames)
    channel.wait()

    with pytest.raises(MalformedFrameError, match="its checksum does not hold"):
        channel.receive()


@given(st.lists(st.binary(max_size=40), min_size=1), st.data())
def test_no_change_of_a_bit_is_silent(frames: list[bytes], data: st.DataObject) -> None:
    sent = [*frames, checksum_frame(frames)]
    number = data.draw(st.sampled_from([i for i, frame in enumerate(sent) if frame]))
    position = data.draw(st.integers(0, len(sent[number]) * 8 - 1))
    changed = bytearray(sent[number])
    changed[position // 8] ^= 1 << position % 8
    sent[number] = bytes(changed)

    with pytest.raises(MalformedFrameError):
        check_last(list(sent))
