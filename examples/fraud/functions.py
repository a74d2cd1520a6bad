"""The model of the example: how likely it is that somebody else pays with the card."""

import math

from millstream import udf


@udf
def risk(amount: float, count: int, total: float) -> float:
    """From 0 to 1, from what was paid now and within the last minute."""
    score = 0.02 * amount / 100 + 0.9 * (count - 3) + 0.001 * (total - 1_000)
    return 1 / (1 + math.exp(-score))
