"""docs/types.md says what the matrix says."""

from __future__ import annotations

import pytest
from coercions import DECLARED, GIVEN, outcome
from types_page import PAGE, page

for package in ("numpy", "pandas", "polars"):
    pytest.importorskip(package)


def test_the_page_shows_the_outcomes_of_the_matrix() -> None:
    text = PAGE.read_text()

    assert page(text) == text, "run `PYTHONPATH=python-udf python test/python-udf/types_page.py`"


@pytest.mark.parametrize("sql", DECLARED)
def test_what_does_not_fit_is_refused_with_its_value_in_every_mode(sql: str) -> None:
    for mode in ("row", "arrow", "pandas", "numpy", "polars"):
        for given in GIVEN:
            found = outcome(mode, sql, given)
            if found is not None and found.stored is None:
                assert found.code in ("UDF_RETURN_TYPE", "UDF_RETURN_COLUMNS"), (mode, given)
                assert found.message is not None
                assert "Function `f` returned" in found.message and "its result is" in found.message
