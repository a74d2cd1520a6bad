"""`pyflink.common.Types`: the types of DataStream programs, as the SQL types that hold the same values."""

from __future__ import annotations

from collections.abc import Sequence

from .._types import DataType, RowField, parse_type


def _maker(text: str, doc: str) -> staticmethod[[], DataType]:
    def make() -> DataType:
        return parse_type(text)

    make.__doc__ = doc
    return staticmethod(make)


class Types:
    """Makes SQL types by the names of PyFlink's type information.

    >>> str(Types.ROW_NAMED(["id", "tags"], [Types.LONG(), Types.LIST(Types.STRING())]))
    'ROW<`id` BIGINT, `tags` ARRAY<STRING>>'
    """

    BOOLEAN = _maker("BOOLEAN", "`bool`.")
    BYTE = _maker("TINYINT", "`int` of 8 bits.")
    SHORT = _maker("SMALLINT", "`int` of 16 bits.")
    INT = _maker("INT", "`int` of 32 bits.")
    LONG = _maker("BIGINT", "`int` of 64 bits.")
    BIG_INT = _maker("DECIMAL(38, 0)", "`int` of 38 digits; a Decimal here.")
    BIG_DEC = _maker("DECIMAL(38, 18)", "`decimal.Decimal`.")
    FLOAT = _maker("FLOAT", "`float` of 32 bits.")
    DOUBLE = _maker("DOUBLE", "`float`.")
    CHAR = _maker("CHAR(1)", "`str` of one character.")
    STRING = _maker("STRING", "`str`.")
    SQL_DATE = _maker("DATE", "`datetime.date`.")
    SQL_TIME = _maker("TIME(3)", "`datetime.time`.")
    SQL_TIMESTAMP = _maker("TIMESTAMP(3)", "Naive `datetime.datetime`.")
    INSTANT = _maker("TIMESTAMP_LTZ(9)", "Aware `datetime.datetime`.")
    PICKLED_BYTE_ARRAY = _maker("BYTES", "`bytes`.")

    @staticmethod
    def ROW(field_types: Sequence[DataType]) -> DataType:
        """`Row` with the fields f0, f1, …"""
        return Types.ROW_NAMED([f"f{i}" for i in range(len(field_types))], field_types)

    TUPLE = ROW

    @staticmethod
    def ROW_NAMED(field_names: Sequence[str], field_types: Sequence[DataType]) -> DataType:
        """`Row` with these fields."""
        return DataType("ROW", fields=tuple(map(RowField, field_names, field_types)))

    @staticmethod
    def LIST(element_type: DataType) -> DataType:
        """`list`."""
        return DataType("ARRAY", element=element_type)

    PRIMITIVE_ARRAY = BASIC_ARRAY = OBJECT_ARRAY = LIST

    @staticmethod
    def MAP(key_type: DataType, value_type: DataType) -> DataType:
        """`dict`."""
        return DataType("MAP", key=key_type, value=value_type)
