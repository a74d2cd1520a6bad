"""What to do about errors that process functions make when they are new."""

from __future__ import annotations

import re
from traceback import walk_tb

from .process_context import CallContext


def process_hint(error: Exception, context: CallContext) -> str | None:
    """None: the error says all of it."""
    if isinstance(error, AttributeError) and re.fullmatch(r"get_(\w+_)?state", error.name or ""):
        return "Ask for state in open: self.seen = context.get_state(ValueStateDescriptor('seen'))."
    if "NoneType" not in str(error):
        return None
    asked = {name for frame, _ in walk_tb(error.__traceback__) for name in frame.f_code.co_names}
    if "window" in asked and context.window() is None:
        return (
            "ctx.window() is None: call the function over a table of TUMBLE, HOP, CUMULATE or SESSION; in "
            "on_timer there is a window where PARTITION BY has window_start and window_end."
        )
    if "timestamp" in asked and context.timestamp() is None:
        return "ctx.timestamp() is None: give the table a column with a WATERMARK, and pass that column on."
    return None
