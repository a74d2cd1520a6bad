"""Names that a test gives to a harness: refused where nothing is called so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .._column_names import names_of
from .._near_names import did_you_mean
from ..errors import UdfError


def check_names(given: Iterable[str], known: Iterable[str], what: str) -> None:
    """Nothing where all are known; `what` says of what they are names: "column of table 0".

    Raises:
        UdfError: UDF_TEST_NAME.
    """
    names = list(known)
    for name in given:
        if name not in names:
            there = f"There is {', '.join(names)}." if names else "There is none."
            raise UdfError(
                "UDF_TEST_NAME",
                f"`{name}` is no {what}.",
                hint=did_you_mean(name, names) or there,
            )


def keys_of_tables(
    partition_by: str | Sequence[str] | Sequence[Sequence[str]], tables: Sequence[Iterable[str]]
) -> list[list[str]]:
    """The columns of the key in each table: one for all, those for all, or those of each in a list.

    Raises:
        UdfError: UDF_TEST_NAME for columns that a table does not have, UDF_TEST_KIND for keys that do not
            fit together.
    """
    given = [partition_by] if isinstance(partition_by, str) else list(partition_by)
    common = [key for key in given if isinstance(key, str)]
    keys = [common for _ in tables] if len(common) == len(given) else [names_of(key) for key in given]
    if len(keys) != len(tables) or len({len(key) for key in keys}) > 1:
        raise UdfError(
            "UDF_TEST_KIND",
            f"partition_by is {partition_by!r}, which is not one key for each of {len(tables)} tables.",
            hint="Give the columns that all have, or a list for each: partition_by=[['card'], ['number']].",
        )
    for number, (key, table) in enumerate(zip(keys, tables, strict=True)):
        check_names(key, table, f"column of table {number}")
    return keys
