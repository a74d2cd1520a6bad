"""What all messages are: structs with properties in camel case, none of them unknown."""

from __future__ import annotations

import msgspec


class Struct(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """A part of a message."""


class Message(Struct, tag_field="type"):
    """A message; its `type` says which."""


class Body(Struct, tag_field="kind"):
    """One of several forms of a part; its `kind` says which."""
