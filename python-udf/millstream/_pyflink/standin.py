"""Names of PyFlink that need a running Flink: importing them works, using them is an error."""

from __future__ import annotations

from typing import Any, NoReturn

from ..errors import UdfError


class NeedsFlink(type):
    """The class of the stand-ins: they can be imported, annotated with and inherited from."""

    def __call__(cls, *args: Any, **kwargs: Any) -> NoReturn:
        raise _refusal(cls)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise _refusal(cls)


def standin(module: str, name: str) -> NeedsFlink:
    """The stand-in for a name.

    >>> standin("pyflink.table", "TableEnvironment").__module__
    'pyflink.table'
    """
    return NeedsFlink(name, (), {"__module__": module, "__doc__": "Needs Apache Flink."})


def _refusal(used: NeedsFlink) -> UdfError:
    return UdfError(
        "UDF_PYFLINK",
        f"`{used.__name__}` of {used.__module__} needs Apache Flink; "
        "Millstream's stand-in for PyFlink has what functions are written with, and no pipelines.",
        hint="Move what builds the pipeline below `if __name__ == '__main__':`, or install apache-flink in "
        "the Python environment of the job.",
    )
