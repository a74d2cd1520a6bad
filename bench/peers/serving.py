"""What all peers share: jobs asked for line by line, as reference.py answers them."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable

Job = Callable[[str], float]
"""Runs a workload over a Parquet file and returns its checksum."""


def serve(jobs: dict[str, Job]) -> None:
    """Answers each line ``{"workload", "file"}`` with seconds and checksum, until standard input ends."""
    # Engines write to standard output when they start; the answers must be alone there.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            start = time.perf_counter()
            checksum = jobs[asked["workload"]](asked["file"])
            answer = {"seconds": time.perf_counter() - start, "checksum": float(checksum)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)
