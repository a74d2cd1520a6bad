"""Compares wire schemas: for each `text<TAB>base64 of an IPC stream` on stdin, what Python makes of the text.

Prints one line for each text whose Python type differs from the field of the stream.
"""

import base64
import sys

import pyarrow as pa

from millstream._types import parse_type, to_arrow


def main() -> None:
    for line in sys.stdin.read().splitlines():
        text, stream = line.split("\t")
        theirs = pa.ipc.open_stream(base64.b64decode(stream)).schema.field(0).type
        ours = to_arrow(parse_type(text))
        if ours != theirs:
            print(f"{text}: TypeScript {theirs}, Python {ours}")


if __name__ == "__main__":
    main()
