"""What stops a table function that gives more for one row than it may."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import ErrorDetails, UdfError


class OutputExceeded(Exception):
    """Raised where a row gives more than it may; `option` is the one that says so."""

    def __init__(self, option: str, most: int) -> None:
        super().__init__(option, most)
        self.option = option
        self.most = most

    def as_error(self, name: str, row: int, values: Mapping[str, str]) -> UdfError:
        """The error of function `name`, which was given a row of the bundle with these values."""
        shown = f" for ({', '.join(f'{k}={v}' for k, v in values.items())})" if values else ""
        unit = "rows" if self.option == "max_output_rows" else "bytes"
        return UdfError(
            "WORKER_OUTPUT_LIMIT",
            f"Function `{name}` gave more than {self.most:,} {unit} in row {row}{shown}: "
            f"that is its {self.option}.",
            hint="Look for a loop that does not end. If that many are meant, raise it: "
            f"SET 'millstream.function.{name}.{self.option}'.",
            details=ErrorDetails(function=name, row=row, values=dict(values) or None),
        )
