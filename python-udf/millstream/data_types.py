"""`DataTypes`: SQL types by PyFlink's names, for explicit declarations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ._near_names import did_you_mean
from ._types import DataType, RowField, parse_type
from ._types.data_type import MAX_LENGTH

__all__ = ["DataTypes"]


class _NearNames(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        makers = [maker for maker in vars(cls) if maker.isupper()]
        raise AttributeError(f"DataTypes has no {name}. {did_you_mean(name, makers) or ''}".rstrip())


@dataclass(frozen=True)
class Resolution:
    """One end of an interval, made by `DataTypes.DAY()` and others."""

    unit: str
    precision: int


class DataTypes(metaclass=_NearNames):
    """Makes SQL types. Every maker takes `nullable` (True); names and defaults are PyFlink's.

    >>> str(DataTypes.ROW([DataTypes.FIELD("id", "INT"), DataTypes.FIELD("tags", "ARRAY<STRING>")]))
    'ROW<`id` INT, `tags` ARRAY<STRING>>'
    """

    @staticmethod
    def NULL() -> DataType:
        """The type of an untyped NULL."""
        return DataType("NULL")

    @staticmethod
    def BOOLEAN(nullable: bool = True) -> DataType:
        """`bool`."""
        return DataType("BOOLEAN", nullable)

    @staticmethod
    def TINYINT(nullable: bool = True) -> DataType:
        """`int` of 8 bits."""
        return DataType("TINYINT", nullable)

    @staticmethod
    def SMALLINT(nullable: bool = True) -> DataType:
        """`int` of 16 bits."""
        return DataType("SMALLINT", nullable)

    @staticmethod
    def INT(nullable: bool = True) -> DataType:
        """`int` of 32 bits."""
        return DataType("INT", nullable)

    @staticmethod
    def BIGINT(nullable: bool = True) -> DataType:
        """`int` of 64 bits."""
        return DataType("BIGINT", nullable)

    @staticmethod
    def FLOAT(nullable: bool = True) -> DataType:
        """`float`, stored with 32 bits."""
        return DataType("FLOAT", nullable)

    @staticmethod
    def DOUBLE(nullable: bool = True) -> DataType:
        """`float`."""
        return DataType("DOUBLE", nullable)

    @staticmethod
    def DECIMAL(precision: int, scale: int, nullable: bool = True) -> DataType:
        """`decimal.Decimal` of at most `precision` (1 to 38) digits, `scale` of them after the point."""
        return _with(parse_type(f"DECIMAL({precision}, {scale})"), nullable)

    @staticmethod
    def CHAR(length: int, nullable: bool = True) -> DataType:
        """`str` of `length` characters."""
        return _with(parse_type(f"CHAR({length})"), nullable)

    @staticmethod
    def VARCHAR(length: int, nullable: bool = True) -> DataType:
        """`str` of at most `length` characters."""
        return _with(parse_type(f"VARCHAR({length})"), nullable)

    @staticmethod
    def STRING(nullable: bool = True) -> DataType:
        """`str`."""
        return DataType("STRING", nullable)

    @staticmethod
    def BINARY(length: int, nullable: bool = True) -> DataType:
        """`bytes` of `length`."""
        return _with(parse_type(f"BINARY({length})"), nullable)

    @staticmethod
    def VARBINARY(length: int, nullable: bool = True) -> DataType:
        """`bytes` of at most `length`."""
        return _with(parse_type(f"VARBINARY({min(length, MAX_LENGTH)})"), nullable)

    @staticmethod
    def BYTES(nullable: bool = True) -> DataType:
        """`bytes`."""
        return DataType("BYTES", nullable)

    @staticmethod
    def DATE(nullable: bool = True) -> DataType:
        """`datetime.date`."""
        return DataType("DATE", nullable)

    @staticmethod
    def TIME(precision: int = 0, nullable: bool = True) -> DataType:
        """`datetime.time` without a zone; `precision` digits of a second (0 to 9)."""
        return _with(parse_type(f"TIME({precision})"), nullable)

    @staticmethod
    def TIMESTAMP(precision: int = 6, nullable: bool = True) -> DataType:
        """Naive `datetime.datetime`; `precision` digits of a second (0 to 9)."""
        return _with(parse_type(f"TIMESTAMP({precision})"), nullable)

    @staticmethod
    def TIMESTAMP_LTZ(precision: int = 6, nullable: bool = True) -> DataType:
        """Aware `datetime.datetime`, an instant; `precision` digits of a second (0 to 9)."""
        return _with(parse_type(f"TIMESTAMP_LTZ({precision})"), nullable)

    TIMESTAMP_WITH_LOCAL_TIME_ZONE = TIMESTAMP_LTZ

    @staticmethod
    def YEAR(precision: int = 2) -> Resolution:
        """An end of an INTERVAL."""
        return Resolution("YEAR", precision)

    @staticmethod
    def MONTH() -> Resolution:
        """An end of an INTERVAL."""
        return Resolution("MONTH", 0)

    @staticmethod
    def DAY(precision: int = 2) -> Resolution:
        """An end of an INTERVAL."""
        return Resolution("DAY", precision)

    @staticmethod
    def HOUR() -> Resolution:
        """An end of an INTERVAL."""
        return Resolution("HOUR", 0)

    @staticmethod
    def MINUTE() -> Resolution:
        """An end of an INTERVAL."""
        return Resolution("MINUTE", 0)

    @staticmethod
    def SECOND(precision: int = 6) -> Resolution:
        """An end of an INTERVAL."""
        return Resolution("SECOND", precision)

    @staticmethod
    def INTERVAL(upper_resolution: Resolution, lower_resolution: Resolution | None = None) -> DataType:
        """`int` of months from YEAR or MONTH on, else `datetime.timedelta` in milliseconds.

        >>> str(DataTypes.INTERVAL(DataTypes.DAY(), DataTypes.SECOND(3)))
        'INTERVAL DAY TO SECOND(3)'
        """
        lower = "" if lower_resolution is None else f" TO {lower_resolution.unit}"
        return parse_type(f"INTERVAL {upper_resolution.unit}{lower}")

    @staticmethod
    def ARRAY(element_type: DataType | str, nullable: bool = True) -> DataType:
        """`list`."""
        return DataType("ARRAY", nullable, element=_type(element_type))

    @staticmethod
    def LIST_VIEW(element_type: DataType | str) -> DataType:
        """A `ListView` inside an accumulator."""
        return DataTypes.ARRAY(element_type)

    @staticmethod
    def MAP(key_type: DataType | str, value_type: DataType | str, nullable: bool = True) -> DataType:
        """`dict`."""
        return DataType("MAP", nullable, key=_type(key_type), value=_type(value_type))

    @staticmethod
    def MAP_VIEW(key_type: DataType | str, value_type: DataType | str) -> DataType:
        """A `MapView` inside an accumulator."""
        return DataTypes.MAP(key_type, value_type)

    @staticmethod
    def MULTISET(element_type: DataType | str, nullable: bool = True) -> DataType:
        """`dict` from element to count."""
        return DataType("MULTISET", nullable, element=_type(element_type))

    @staticmethod
    def ROW(row_fields: Sequence[RowField | DataType | str] = (), nullable: bool = True) -> DataType:
        """`Row`, from `DataTypes.FIELD`s, or from types alone (then the fields are f0, f1, …)."""
        fields = [
            field if isinstance(field, RowField) else RowField(f"f{i}", _type(field))
            for i, field in enumerate(row_fields)
        ]
        return DataType("ROW", nullable, fields=tuple(fields))

    @staticmethod
    def FIELD(name: str, data_type: DataType | str, description: str | None = None) -> RowField:
        """One field of a ROW; `description` is not kept."""
        return RowField(name, _type(data_type))


def _type(data_type: DataType | str) -> DataType:
    return data_type if isinstance(data_type, DataType) else parse_type(data_type)


def _with(data_type: DataType, nullable: bool) -> DataType:
    return data_type if nullable else data_type.not_null()
