"""Numbers for the schemas that a worker sends: each schema goes over a connection once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pyarrow as pa

from . import arrow_ipc
from .data_messages import SchemaMessage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .protocol import DataMessage

    Send = Callable[[DataMessage, Sequence[pa.Buffer]], None]


class SchemaIds:
    """Ids of one connection, from 0 up. Any thread, if `send` may be called from any thread."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._lock = threading.Lock()
        self._ids: dict[bytes, int] = {}
        self._last: tuple[pa.Schema, int] | None = None

    def id_of(self, schema: pa.Schema) -> int:
        """The id of a schema; sends the schema first when it is new."""
        last = self._last
        if last is not None and last[0].equals(schema):
            return last[1]
        frame = arrow_ipc.schema_frame(schema)
        key = frame.to_pybytes()
        with self._lock:
            known = self._ids.get(key)
            if known is None:
                known = self._ids[key] = len(self._ids)
                self._send(SchemaMessage(known), [frame])
            self._last = (schema, known)
            return known
