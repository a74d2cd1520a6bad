"""How a relational stage cuts the rows of its query."""

from __future__ import annotations

import pytest

from millstream._worker.relational_stage import rows_of_piece


@pytest.mark.parametrize(
    ("rows", "most", "piece"),
    [
        (131_072, 131_072, 131_072),
        (133_120, 131_072, 131_072),
        (122_841, 131_072, 30_711),
        (33_920, 131_072, 16_384),
        (10, 131_072, 16_384),
        (3, 10, 10),
    ],
)
def test_a_batch_that_is_not_full_is_shared_out(rows: int, most: int, piece: int) -> None:
    assert rows_of_piece(rows, most) == piece
