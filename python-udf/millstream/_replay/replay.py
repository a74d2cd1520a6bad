"""One bundle through the functions that failed on it, by the code that workers run."""

from __future__ import annotations

import pdb
import sys
from pathlib import Path

from .._execution import load_functions
from .._user_error import user_frames
from .._worker.open_function_stage import open_function_stage
from ..context import Limits
from ..errors import MillstreamError
from .bundle_file import SavedBundle, read_bundle


def replay(file: Path, debug: bool) -> int:
    """Runs the bundle and prints what comes of it; `debug` opens pdb at the frame that raised.

    Gives 0 where it runs without an error, 1 where it fails.
    """
    bundle = read_bundle(file)
    try:
        rows = _run(bundle)
    except MillstreamError as error:
        _show(error, bundle)
        if debug:
            _debug(error)
        return 1
    print(f"The bundle ran without an error: {bundle.rows} rows in, {rows} rows out.", file=sys.stderr)
    print(f"In the job it failed with {bundle.error_code}: {bundle.error_message}", file=sys.stderr)
    return 0


def _run(bundle: SavedBundle) -> int:
    if bundle.stage.mode in ("aggregate", "merge", "map", "window"):
        print("Rows that the function had from earlier bundles are not saved.", file=sys.stderr)
    functions = {function.name: function for function in load_functions(bundle.paths, bundle.functions)}
    stage = open_function_stage(bundle.stage, functions, bundle.time_zone, Limits())
    try:
        return sum(answer.rows for answer in stage.process(bundle.columns, bundle.rows, bundle.continued))
    finally:
        stage.close()


def _show(error: MillstreamError, bundle: SavedBundle) -> None:
    details = error.details
    lines = [f"Error {error.code}: {error.message}"]
    if details.file is not None:
        row = "" if details.row is None else f", row {details.row}"
        lines.append(f"  at {details.file}:{details.line}, function {details.function}{row}")
    if details.values is not None:
        lines.append("  with " + ", ".join(f"{name}={value}" for name, value in details.values.items()))
    if details.traceback is not None:
        lines += ["  " + line for line in details.traceback.rstrip().splitlines()]
    same = (error.code, error.message) == (bundle.error_code, bundle.error_message)
    lines.append(
        "This is the error of the job."
        if same
        else f"The job failed otherwise, with {bundle.error_code}: {bundle.error_message}"
    )
    print("\n".join(lines), file=sys.stderr)


def _debug(error: MillstreamError) -> None:
    cause = error.__cause__ or error
    frames = user_frames(cause.__traceback__) or cause.__traceback__
    debugger = pdb.Pdb(skip=["millstream._execution.*", "millstream._replay.*"])
    debugger.reset()
    debugger.interaction(None, frames)
