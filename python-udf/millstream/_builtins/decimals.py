"""DECIMAL arithmetic whose digits do not fit DuckDB's 38 before they are rounded."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

from .sql_function import functions, strict

_EXACT = Context(prec=100)


def decimal_product(a: str, b: str, scale: int) -> str:
    """The product of two numbers, rounded half up."""
    product = _EXACT.multiply(Decimal(a), Decimal(b))
    return format(product.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP, _EXACT), "f")


FUNCTIONS = functions("VARCHAR", decimal_product=strict(decimal_product))
