"""Functions that say in which workers they run, for the SQL cases."""

from __future__ import annotations

import os

from millstream import FunctionContext, ScalarFunction, udf


@udf(memory="200 MB", cpus=1.5)
def sized(value: int) -> int:
    return os.getpid()


@udf(memory="200 MB", cpus=1.5)
def like_sized(value: int) -> int:
    return os.getpid()


@udf
def plain_worker(value: int) -> int:
    return os.getpid()


@udf(resources="model", memory="300 MB")
def model_size(value: int) -> int:
    return os.getpid()


@udf(resources="model")
def model_too(value: int) -> int:
    return os.getpid()


@udf(resources="model", memory="400 MB")
def model_other(value: int) -> int:
    return value


class _Limits(ScalarFunction):
    """What the worker was given, and the threads of its libraries."""

    def open(self, function_context: FunctionContext) -> None:
        limits = function_context.limits
        cap = 0 if limits.memory_bytes is None else limits.memory_bytes >> 20
        self._text = f"{cap} MiB, {limits.cpus} cores, {os.environ.get('OMP_NUM_THREADS')} threads"

    def eval(self, value: int) -> str:
        return self._text


limits_of_worker = udf(_Limits(), result_type="STRING", memory="200 MB", cpus=1.5)
