"""DECIMAL arithmetic whose digits do not fit DuckDB's 38 before they are rounded."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

from .sql_function import functions, strict

_EXACT = Context(prec=100)


def decimal_sum(a: str, b: str, scale: int) -> str:
    """The sum of two numbers, rounded half up."""
    return _rounded(_EXACT.add(Decimal(a), Decimal(b)), scale)


def decimal_difference(a: str, b: str, scale: int) -> str:
    """The first number less the second, rounded half up."""
    return _rounded(_EXACT.subtract(Decimal(a), Decimal(b)), scale)


def decimal_product(a: str, b: str, scale: int) -> str:
    """The product of two numbers, rounded half up."""
    return _rounded(_EXACT.multiply(Decimal(a), Decimal(b)), scale)


def decimal_quotient(a: str, b: str, scale: int) -> str:
    """The first number divided by the second, which is not 0, rounded half up."""
    return _rounded(_EXACT.divide(Decimal(a), Decimal(b)), scale)


def _rounded(number: Decimal, scale: int) -> str:
    return format(number.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP, _EXACT), "f")


FUNCTIONS = functions(
    "VARCHAR",
    decimal_sum=strict(decimal_sum),
    decimal_difference=strict(decimal_difference),
    decimal_product=strict(decimal_product),
    decimal_quotient=strict(decimal_quotient),
)
