"""The golden messages, which the TypeScript side checks too, and strict decoding."""

import json
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from millstream._worker import protocol
from millstream._worker.instructions import InstructionBody

GOLDEN = sorted((Path(__file__).parents[1] / "fixtures" / "messages").glob("*.json"))
DECODER = msgspec.json.Decoder(
    protocol.ControlFromWorker | protocol.ControlToWorker | protocol.DataMessage  # type: ignore[arg-type]
)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_message_is_decoded_and_encoded_again_with_every_property_in_its_order(path: Path) -> None:
    text = path.read_text()

    message = DECODER.decode(text.encode())

    assert json.dumps(json.loads(protocol.encode(message))) == json.dumps(json.loads(text))


def test_every_message_and_every_instruction_has_a_golden_message() -> None:
    messages = [json.loads(path.read_text()) for path in GOLDEN]

    types = {message["type"] for message in messages}
    kinds = {message["body"]["kind"] for message in messages if message["type"] == "instruction"}

    unions = (protocol.ControlFromWorker, protocol.ControlToWorker, protocol.DataMessage)
    assert types == {struct.__struct_config__.tag for union in unions for struct in get_args(union)}
    assert kinds == {struct.__struct_config__.tag for struct in get_args(InstructionBody)}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"type":"credit","stage":"s","epoch":1,"input":0}', "missing required field `bytes`"),
        ('{"type":"credit","stage":"s","epoch":1,"input":0,"bytes":1,"more":1}', "unknown field `more`"),
        ('{"type":"credit","stage":"s","epoch":1,"input":0,"bytes":"1"}', "Expected `int`, got `str`"),
        ('{"type":"greeting"}', "Invalid value 'greeting'"),
    ],
)
def test_a_data_message_that_is_not_of_the_protocol_is_refused(text: str, reason: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=reason):
        protocol.decode_data(text.encode())
