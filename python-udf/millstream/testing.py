"""Unit tests of functions without an engine: they are called exactly as a worker calls them."""

from ._testing.assertions import assert_rows
from ._testing.calls import call_batch, call_over, call_rows, call_table
from ._testing.changelog import call_changelog
from ._testing.checks import (
    check_batches,
    check_deterministic,
    check_function,
    check_merge,
    check_nulls,
    check_retraction,
    check_types,
)
from ._testing.harness import FunctionHarness
from ._testing.process_harness import ProcessHarness

__all__ = [
    "FunctionHarness",
    "ProcessHarness",
    "assert_rows",
    "call_batch",
    "call_changelog",
    "call_over",
    "call_rows",
    "call_table",
    "check_batches",
    "check_deterministic",
    "check_function",
    "check_merge",
    "check_nulls",
    "check_retraction",
    "check_types",
]
