"""`python -m millstream._replay FILE [--pdb]`: started by `millstream replay`."""

from __future__ import annotations

import sys
from pathlib import Path

from .replay import replay

if __name__ == "__main__":
    sys.exit(replay(Path(sys.argv[1]), debug="--pdb" in sys.argv[2:]))
