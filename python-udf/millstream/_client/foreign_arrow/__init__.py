"""Arrow data of any origin as SQL has it: `sql_type` says the type of a column, `plain_batch` takes layouts
apart, `on_wire` gives a plain array the wire type of its SQL type."""

from .arrays import plain_array, plain_batch
from .kinds import unique_names
from .types import sql_type
from .wire import on_wire

__all__ = ["on_wire", "plain_array", "plain_batch", "sql_type", "unique_names"]
