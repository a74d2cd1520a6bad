"""Sizes of the thread pools in a worker: as many threads as it has cores."""

from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Iterable

import pyarrow as pa

#: Read by libraries when they are loaded: OpenBLAS, OpenMP (torch, scikit-learn), MKL, numexpr, Polars.
_VARIABLES = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "POLARS_MAX_THREADS",
    "RAYON_NUM_THREADS",
)
#: What sets the pool of a library that is loaded already: numpy's own OpenBLAS, or the system's.
_SETTERS = (
    "scipy_openblas_set_num_threads64_",
    "openblas_set_num_threads64_",
    "scipy_openblas_set_num_threads",
    "openblas_set_num_threads",
)


def size_thread_pools(threads: int) -> None:
    """Gives Arrow, OpenBLAS and whatever is imported later at most `threads` threads each."""
    os.environ.update(dict.fromkeys(_VARIABLES, str(threads)))
    pa.set_cpu_count(threads)
    for library in _loaded_blas(_mapped_files()):
        for name in _SETTERS:
            setter = getattr(library, name, None)
            if setter is not None:
                setter(ctypes.c_int(threads))
                break


def _mapped_files() -> list[str]:
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
            return [line.split(maxsplit=5)[-1].rstrip("\n") for line in maps]
    except OSError:
        return []


def _loaded_blas(files: Iterable[str]) -> list[ctypes.CDLL]:
    names = sorted({file for file in files if re.search(r"/lib[^/]*openblas[^/]*\.so", file)})
    return [ctypes.CDLL(name) for name in names]
