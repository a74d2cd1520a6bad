"""DuckDB's extension module, where it can be had without the package around it.

The package opens a database that nobody asked for, with a thread, before the zygote has forked, and reads the
metadata of installed packages: half of the time that its import takes.
"""

from __future__ import annotations

try:
    import _duckdb as duckdb
except ModuleNotFoundError:
    import duckdb  # type: ignore[no-redef]

__all__ = ["duckdb"]
