"""What an annotation says of a type, and which Python objects its values become."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .data_type import DataType


@dataclass(frozen=True)
class Conversion:
    """Values of a class that SQL does not have: `made` makes one of the SQL value, `dump` the reverse.

    `plain` names what the SQL value is without it.
    """

    made: type
    dump: Callable[[Any], object]
    plain: str


@dataclass(frozen=True)
class Shape:
    """Which Python classes values become: `make` for this ROW (None: `Row`), `inner` for what is inside,
    `conversion` for a value without others inside."""

    make: Callable[..., object] | None = None
    inner: tuple[Shape | None, ...] = ()
    conversion: Conversion | None = None


@dataclass(frozen=True)
class AnnotatedType:
    """What an annotation says. `type` is None where it accepts any type, and then `nullable` is True."""

    type: DataType | None
    nullable: bool
    shape: Shape | None = None


ANY = AnnotatedType(None, True)
