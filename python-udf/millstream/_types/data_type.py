"""SQL data types as immutable objects; the same kinds and text as core/types/data-type.ts."""

from __future__ import annotations

from dataclasses import dataclass, replace

MAX_LENGTH = 2_147_483_647


@dataclass(frozen=True)
class RowField:
    """One field of a ROW type."""

    name: str
    type: DataType


@dataclass(frozen=True)
class DataType:
    """A SQL type with its nullability; `str()` is its text, two types are equal if their texts are.

    Parameters that a kind does not have keep their defaults: `length` (CHAR, VARCHAR, BINARY, VARBINARY),
    `precision` and `scale` (DECIMAL; precision alone for TIME and timestamps), `element` (ARRAY, MULTISET),
    `key` and `value` (MAP), `fields` (ROW).

    >>> str(DataType("ARRAY", element=DataType("DECIMAL", precision=10, scale=2)))
    'ARRAY<DECIMAL(10, 2)>'
    """

    kind: str
    nullable: bool = True
    length: int = 0
    precision: int = 0
    scale: int = 0
    element: DataType | None = None
    key: DataType | None = None
    value: DataType | None = None
    fields: tuple[RowField, ...] = ()

    def __str__(self) -> str:
        return self._bare() if self.nullable else f"{self._bare()} NOT NULL"

    def not_null(self) -> DataType:
        """The same type without NULL.

        >>> str(DataType("INT").not_null())
        'INT NOT NULL'
        """
        return replace(self, nullable=False)

    def as_nullable(self) -> DataType:
        """The same type with NULL.

        >>> str(DataType("INT", nullable=False).as_nullable())
        'INT'
        """
        return replace(self, nullable=True)

    def _bare(self) -> str:
        match self.kind:
            case "CHAR" | "VARCHAR" | "BINARY" | "VARBINARY":
                return f"{self.kind}({self.length})"
            case "DECIMAL":
                return f"DECIMAL({self.precision}, {self.scale})"
            case "TIME" | "TIMESTAMP" | "TIMESTAMP_LTZ":
                return f"{self.kind}({self.precision})"
            case "ARRAY" | "MULTISET":
                return f"{self.kind}<{self.element}>"
            case "MAP":
                return f"MAP<{self.key}, {self.value}>"
            case "ROW":
                return f"ROW<{', '.join(f'{_quote(f.name)} {f.type}' for f in self.fields)}>"
            case "INTERVAL_YEAR_MONTH":
                return "INTERVAL YEAR TO MONTH"
            case "INTERVAL_DAY_TIME":
                return "INTERVAL DAY TO SECOND(3)"
            case _:
                return self.kind


def _quote(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
