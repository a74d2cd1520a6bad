"""Functions that travel as a pickle: read here in workers, and nothing else is ever read from a pickle."""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
from typing import Any

from .errors import EnvironmentError, UdfError


def python_version() -> str:
    """Of this process, as a pickled function is bound to it: `3.11`."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def read_function(module_file: str, name: str, sha256: str, python: str) -> Any:
    """The function in the `.pickle` beside `module_file`; called by the module that `con.register` wrote.

    `sha256` is of the pickle, `python` the version that made it.

    Raises:
        UdfError: UDF_SERIALIZE where it is not what was written, UDF_IMPORT where a module is missing.
        EnvironmentError: VERSION_MISMATCH.
    """
    path = f"{os.path.splitext(module_file)[0]}.pickle"
    with open(path, "rb") as stream:
        pickled = stream.read()
    if hashlib.sha256(pickled).hexdigest() != sha256:
        raise UdfError(
            "UDF_SERIALIZE",
            f"The pickle of function `{name}` is not the one that was registered.",
            hint="Register the function again.",
        )
    if python != python_version():
        raise EnvironmentError(
            "VERSION_MISMATCH",
            f"Function `{name}` was sent by Python {python} with the variables that it uses, and its worker "
            f"runs Python {python_version()}, which cannot read it.",
            hint=f"Use Python {python} for the workers, or put the function into a .py file and import it.",
        )
    try:
        return pickle.loads(pickled)
    except ImportError as error:
        missing = error.name or str(error)
        raise UdfError(
            "UDF_IMPORT",
            f"Function `{name}` was sent with the variables that it uses, and reading them needs "
            f"`{missing}`, which its worker does not have.",
            hint=f"Add {missing} to the workers' environment, or put the function into a .py file.",
        ) from error
