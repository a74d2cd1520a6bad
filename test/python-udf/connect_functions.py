"""Functions that tests register by their module."""

import time

from millstream import udf

FACTOR = 3


@udf
def triple(x: int) -> int:
    """Uses a constant of its module."""
    return FACTOR * x


@udf
def talk(x: int) -> int:
    """Prints what it is called with."""
    print(f"got {x}")
    return x


@udf
def fail(x: int) -> int:
    """Fails for 2."""
    if x == 2:
        raise ValueError("no twos")
    return x


@udf
def hang(x: int) -> int:
    """Says so, and never ends by itself."""
    print("hanging")
    time.sleep(600)
    return x
