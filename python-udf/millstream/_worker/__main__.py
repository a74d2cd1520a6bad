"""A worker as a process of its own: `python -m millstream._worker ARGUMENTS LIMITS`.

Both are JSON: WorkerArguments, and limits of resources by name, as `process.set_rlimits` takes them.
Its stdin is the life pipe: a first line lets it run, the end of it means that the core has gone.
"""

from __future__ import annotations

import json
import os
import sys

from . import process, protocol
from .pandas_import import postpone_pandas
from .worker_main import worker_main


def main() -> None:
    """Waits for the core's go and runs the worker; does not return."""
    arguments = protocol.decode_arguments(sys.argv[1].encode())
    life_fd = os.dup(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    process.report_crashes()
    process.go_first()
    process.set_rlimits(json.loads(sys.argv[2]))
    postpone_pandas()
    worker_main(arguments, life_fd)


if __name__ == "__main__":
    main()
