"""A table function, an aggregate with `merge` and `retract`, and a function over an iterator of batches."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from millstream import AggregateFunction, MapView, udaf, udf, udtf


@udtf
def words(line: str) -> Iterator[tuple[str, int]]:
    """The words of a line, with their places."""
    for place, word in enumerate(line.split()):
        yield word, place


class MostFrequent(AggregateFunction):
    """The word seen most often; of several, the first by name."""

    def create_accumulator(self) -> MapView[str, int]:
        return MapView()

    def accumulate(self, counts: MapView[str, int], word: str) -> None:
        counts[word] = (counts.get(word) or 0) + 1

    def retract(self, counts: MapView[str, int], word: str) -> None:
        counts[word] -= 1
        if counts[word] == 0:
            del counts[word]

    def merge(self, counts: MapView[str, int], others: list[MapView[str, int]]) -> None:
        for other in others:
            for word, count in other.items():
                counts[word] = (counts.get(word) or 0) + count

    def get_value(self, counts: MapView[str, int]) -> str | None:
        return max(sorted(counts.keys()), key=counts.get, default=None)


most_frequent = udaf(MostFrequent())


@udf(input_types=["STRING"], result_type="STRING", batch="arrow")
def initials(batches: Iterator[pa.Array]) -> Iterator[pa.Array]:
    """The first letters, in capitals. What stands before the loop is done once in each worker."""
    letters = 1
    for batch in batches:
        yield pc.utf8_upper(pc.utf8_slice_codeunits(batch, 0, letters))
