"""Packs the stream files of https://github.com/apache/arrow-testing into two files for the tests.

    python scripts/pack-arrow-testing.py CLONE

Writes `crashers.jsonl.gz` (files that once crashed a reader) and `golden.jsonl.gz` (streams with the values
that they hold, as JSON) into `test/fixtures/arrow-testing`.
"""

from __future__ import annotations

import base64
import gzip
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

TARGET = Path(__file__).parents[1] / "test" / "fixtures" / "arrow-testing"


def main(clone: Path) -> None:
    """Packs both sets, in the order of their names."""
    data = clone / "data"
    pack("crashers", (crasher(file, data) for file in sorted(data.glob("arrow-ipc-*/*")) if is_data(file)))
    streams = sorted((data / "arrow-ipc-stream" / "integration").glob("*/*.stream"))
    pack("golden", (golden(file) for file in streams))


def is_data(file: Path) -> bool:
    """Whether it is a corpus file."""
    return file.is_file() and file.name != "README.md"


def crasher(file: Path, data: Path) -> dict[str, Any]:
    """A file under its path below `data`."""
    return {"name": str(file.relative_to(data)), "bytes": text_of(file)}


def golden(file: Path) -> dict[str, Any]:
    """A stream under its version and name, with its values."""
    values = gzip.decompress(file.with_suffix(".json.gz").read_bytes())
    return {"name": f"{file.parent.name}/{file.stem}", "stream": text_of(file), "json": json.loads(values)}


def text_of(file: Path) -> str:
    """The content in base64."""
    return base64.b64encode(file.read_bytes()).decode()


def pack(name: str, entries: Iterable[dict[str, Any]]) -> None:
    """One line of JSON for each entry; the same bytes for the same entries."""
    lines = "".join(json.dumps(entry, separators=(",", ":")) + "\n" for entry in entries)
    (TARGET / f"{name}.jsonl.gz").write_bytes(gzip.compress(lines.encode(), 9, mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
