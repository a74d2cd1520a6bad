"""Reads the file of a saved bundle (`operators/failures/saved-bundle.ts` writes it)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from .._worker import arrow_ipc
from .._worker.instructions import OpenFunctionStage

_MAGIC = b"MSBUNDLE"


@dataclass(frozen=True)
class SavedBundle:
    """A bundle with all that is needed to run it; `columns` are those that were shipped, in order."""

    stage: OpenFunctionStage
    functions: list[tuple[str, str]]
    paths: list[str]
    time_zone: str
    rows: int
    continued: bool
    error_code: str
    error_message: str
    columns: list[pa.Array]


def read_bundle(file: Path) -> SavedBundle:
    """The bundle in `file`. Raises ValueError where the file is none, or was cut off."""
    content = pa.py_buffer(file.read_bytes())
    start = len(_MAGIC) + 4
    if content.size < start or content[: len(_MAGIC)].to_pybytes() != _MAGIC:
        raise ValueError(f"{file} is not a saved bundle")
    length = int.from_bytes(content[len(_MAGIC) : start].to_pybytes(), "little")
    header: dict[str, Any] = msgspec.json.decode(content[start : start + length])
    frames: list[pa.Buffer] = []
    at = start + length
    for size in header["frames"]:
        frames.append(content.slice(at, size))
        at += size
    if at > content.size:
        raise ValueError(f"{file} was cut off")
    stage = msgspec.convert({**header["stage"], "kind": "open_function_stage"}, OpenFunctionStage)
    return SavedBundle(
        stage,
        [(function["name"], function["target"]) for function in header["functions"]],
        header["paths"],
        header["timeZone"],
        header["rows"],
        header["continued"],
        header["error"]["code"],
        header["error"]["message"],
        _columns(header["groups"], frames),
    )


def _columns(groups: list[dict[str, Any]], frames: list[pa.Buffer]) -> list[pa.Array]:
    columns: list[pa.Array] = []
    remaining = iter(frames)
    for group in groups:
        schema = arrow_ipc.read_schema(next(remaining))
        selection = arrow_ipc.read_selection(next(remaining)) if group["hasSelection"] else None
        columns += arrow_ipc.read_group(next(remaining), schema, group["rows"], selection).columns
    return columns
