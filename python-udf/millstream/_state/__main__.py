"""`python -m millstream._state`: pickles in base64, one a line, in; for each the JSON of its value out, or an
empty line where it cannot be read."""

from __future__ import annotations

import base64
import contextlib
import sys

from .shown import shown_text

#: What a pickle may take, however much it claims to need.
_MOST_BYTES = 4 << 30


def _cap_memory() -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))


if __name__ == "__main__":
    _cap_memory()
    for line in sys.stdin.buffer:
        print(shown_text(base64.b64decode(line)) or "")
