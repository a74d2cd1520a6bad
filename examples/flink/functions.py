"""Functions of the job; Flink runs the same file."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from millstream import udaf, udf, udtf


class Stop(NamedTuple):
    name: str
    place: int


@udf
def rating(minutes: int) -> str:
    """Not called where the delay is not known: the rating is NULL."""
    return "on time" if minutes < 5 else "late" if minutes < 60 else "missed"


@udtf
def stops(route: str) -> Iterator[Stop]:
    for place, name in enumerate(route.split(" - "), start=1):
        yield Stop(name, place)


@udaf(batch="pandas", input_types=["DOUBLE"], result_type="DOUBLE")
def trimmed_mean(minutes: Any) -> Any:
    """The mean without the largest value, where there are several."""
    known = minutes.dropna().sort_values()
    return known.iloc[:-1].mean() if len(known) > 1 else known.mean()
