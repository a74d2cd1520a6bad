"""`python -m millstream._worker.zygote_main function|relational`: a zygote for workers of one kind.

Its imports are most of what a first row waits for, so each kind imports what its workers use and no more.
"""

from __future__ import annotations

import contextlib
import gc
import importlib.util
import os
import re
import sys

_SINGLE_THREADED = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
# jemalloc, in pyarrow, has a thread that survives forks; better without it too.
_WITHOUT_ALLOCATOR_THREAD = {"JE_ARROW_MALLOC_CONF": "background_thread:false"}
_NUMPY_IS_OPTIONAL = 18
_KINDS = ("function", "relational")


def main() -> None:
    """Imports what workers of the kind need and serves the core over stdin and stdout; exits the process."""
    _restart_without_threads()
    # Imports make much and drop little: collecting while they run, and after, finds next to nothing.
    gc.disable()
    # What an import prints must not look like an event.
    event_fd = os.dup(1)
    os.dup2(2, 1)
    kind = sys.argv[1] if len(sys.argv) == 2 else None
    if kind not in _KINDS:
        sys.exit("usage: python -m millstream._worker.zygote_main function|relational")
    if kind == "relational":
        _import_pyarrow_without_numpy()
    importlib.import_module(f"millstream._worker.{kind}_worker")
    if kind == "function":
        # Every file of functions imports it: done here once, not in each worker.
        importlib.import_module("millstream.decorators")
    # Not before: they import pyarrow.
    from . import process
    from .pandas_import import postpone_pandas
    from .zygote import Zygote

    postpone_pandas()
    process.become_subreaper()
    gc.freeze()
    gc.enable()
    Zygote(0, event_fd).run(process.age_seconds() * 1000)
    # Taking down an interpreter with these libraries would take longer than the rest of the end.
    os._exit(0)


def _restart_without_threads() -> None:
    """Runs this program anew with libraries told to start no threads, unless that has been said already.

    A process is forked safely only while it has one thread.
    """
    if not _SINGLE_THREADED.items() <= os.environ.items():
        environment = {**os.environ, **_SINGLE_THREADED, **_WITHOUT_ALLOCATOR_THREAD}
        os.execve(sys.executable, sys.orig_argv, environment)


def _import_pyarrow_without_numpy() -> None:
    """Spares 110 of the 180 ms of importing pyarrow, and is final: this process cannot use numpy with it.

    Relational workers run no code of users.
    """
    if _pyarrow_major() >= _NUMPY_IS_OPTIONAL:
        sys.modules["numpy"] = None  # type: ignore[assignment]
    importlib.import_module("pyarrow")


def _pyarrow_major() -> int:
    """Read from its own file, not imported; `importlib.metadata` would take 20 ms. 0 where it is unknown."""
    spec = importlib.util.find_spec("pyarrow")
    for folder in (spec and spec.submodule_search_locations) or ():
        with contextlib.suppress(OSError), open(os.path.join(folder, "_generated_version.py")) as file:
            found = re.search(r"^(?:__version__ = )?version = '(\d+)", file.read(), re.MULTILINE)
            return int(found[1]) if found else 0
    return 0


if __name__ == "__main__":
    main()
