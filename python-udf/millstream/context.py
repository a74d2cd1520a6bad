"""What a function knows of the job, its task and its worker, and where it measures."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from ._metric_registry import MetricRegistry
from ._near_names import did_you_mean
from .errors import ErrorDetails, UdfError
from .keyed_state import (
    AggregatingState,
    AggregatingStateDescriptor,
    Cell,
    ListState,
    ListStateDescriptor,
    MapState,
    MapStateDescriptor,
    ReducingState,
    ReducingStateDescriptor,
    StateDescriptor,
    ValueState,
    ValueStateDescriptor,
)
from .metrics import Counter, Distribution, Histogram, Meter, MetricGroup

__all__ = ["FunctionContext", "Limits", "current_context"]

T = TypeVar("T")


class CurrentKey(Protocol):
    """The key that a process function is called for."""

    def cell(self, descriptor: StateDescriptor) -> Cell:
        """One state of whatever key is current."""


@dataclass(frozen=True)
class Limits:
    """What the worker may use; None: no limit. `memory_bytes` caps the worker's whole process tree.

    >>> Limits(memory_bytes=256 << 20).memory_bytes
    268435456
    """

    memory_bytes: int | None = None
    cpus: float | None = None


class FunctionContext:
    """What `open` is given, and what `current_context()` gives in a plain function. Names are PyFlink's, with
    shorter ones beside them.

    >>> context = FunctionContext({"model": "small"})
    >>> context.get_job_parameter("model", "large"), context.get_index_of_this_subtask()
    ('small', 0)
    >>> context.counter("seen", origin="test").inc()
    """

    def __init__(
        self,
        job_parameters: Mapping[str, str] | None = None,
        *,
        function: str = "function",
        job_id: str = "",
        task_name: str = "",
        subtask: int = 0,
        parallelism: int = 1,
        attempt: int = 0,
        cached_files: Mapping[str, str] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.function = function
        self.limits = limits or Limits()
        self.logger = logging.getLogger(function)
        self._job_parameters = dict(job_parameters or {})
        self._cached_files = dict(cached_files or {})
        self._job_id = job_id
        self._task_name = task_name or function
        self._subtask = subtask
        self._parallelism = parallelism
        self._attempt = attempt
        self._registry = MetricRegistry(function)
        self._metrics = MetricGroup(self._registry)
        #: Of a process function: the key whose states it reaches.
        self.current_key: CurrentKey | None = None

    def get_state(self, state_descriptor: ValueStateDescriptor) -> ValueState[Any]:
        """The value of the key that is current, in a `KeyedProcessFunction`; asked for in `open`.

        Raises:
            UdfError: UDF_STATE in any other function, as the next four.
        """
        return ValueState(self._cell(state_descriptor))

    def get_list_state(self, state_descriptor: ListStateDescriptor) -> ListState[Any]:
        """The list of the key that is current."""
        return ListState(self._cell(state_descriptor))

    def get_map_state(self, state_descriptor: MapStateDescriptor) -> MapState[Any, Any]:
        """The dict of the key that is current."""
        return MapState(self._cell(state_descriptor))

    def get_reducing_state(self, state_descriptor: ReducingStateDescriptor) -> ReducingState[Any]:
        """The value of the key that is current, which grows by a function."""
        return ReducingState(self._cell(state_descriptor), state_descriptor.reduce)

    def get_aggregating_state(self, state_descriptor: AggregatingStateDescriptor) -> AggregatingState:
        """The accumulator of the key that is current."""
        cell = self._cell(state_descriptor)
        if state_descriptor.function is None:
            raise self._no_state(f"the state `{state_descriptor.name}` without a function")
        return AggregatingState(cell, state_descriptor.function)

    def _cell(self, descriptor: StateDescriptor) -> Cell:
        if not isinstance(descriptor, StateDescriptor):
            raise self._no_state(f"the state {descriptor!r} without a descriptor")
        if self.current_key is None:
            raise self._no_state(f"the state `{descriptor.name}`, and has no key")
        return self.current_key.cell(descriptor)

    def _no_state(self, what: str) -> UdfError:
        return UdfError(
            "UDF_STATE",
            f"Function `{self.function}` asks for {what}.",
            hint="Keep state in a KeyedProcessFunction, ask for it by a descriptor, as "
            "ValueStateDescriptor('seen'), and give AggregatingStateDescriptor a function.",
            details=ErrorDetails(function=self.function),
        )

    def get_job_parameter(self, key: str, default_value: T) -> str | T:
        """The job parameter of that name as text, or the default."""
        return self._job_parameters.get(key, default_value)

    @property
    def job_parameters(self) -> dict[str, str]:
        """All job parameters."""
        return dict(self._job_parameters)

    def cached_file(self, name: str) -> str:
        """The absolute path of a file of the job, given by `pipeline.cached-files` or `files` of a job file.

        Raises:
            UdfError: UDF_CACHED_FILE, the job gives no file of that name.
        """
        if name not in self._cached_files:
            known = ", ".join(sorted(self._cached_files)) or "none"
            raise UdfError(
                "UDF_CACHED_FILE",
                f"Function `{self.function}` asked for the file `{name}`, which the job does not give.",
                hint=did_you_mean(name, self._cached_files)
                or f"Its files are: {known}. Add it: SET 'pipeline.cached-files' = 'name:{name},path:…'.",
                details=ErrorDetails(function=self.function),
            )
        return self._cached_files[name]

    def get_metric_group(self) -> MetricGroup:
        """The function's metrics."""
        return self._metrics

    def counter(self, name: str, **labels: object) -> Counter:
        """A counter of the function; see `MetricGroup.counter`."""
        return self._metrics.counter(name, **labels)

    def gauge(self, name: str, obj: Callable[[], float], **labels: object) -> None:
        """A gauge of the function; see `MetricGroup.gauge`."""
        self._metrics.gauge(name, obj, **labels)

    def meter(self, name: str, time_span_in_seconds: int = 60, **labels: object) -> Meter:
        """A meter of the function; see `MetricGroup.meter`."""
        return self._metrics.meter(name, time_span_in_seconds, **labels)

    def distribution(self, name: str, **labels: object) -> Distribution:
        """A distribution of the function; see `MetricGroup.distribution`."""
        return self._metrics.distribution(name, **labels)

    def histogram(self, name: str, **labels: object) -> Histogram:
        """A histogram of the function; see `MetricGroup.histogram`."""
        return self._metrics.histogram(name, **labels)

    def get_job_id(self) -> str:
        """The run of the job; the same in all workers."""
        return self._job_id

    def get_task_name(self) -> str:
        """The stage that calls the function."""
        return self._task_name

    def get_task_name_with_subtasks(self) -> str:
        """As `python-1 (1/2)`: the task, the number of this subtask from 1, and how many there are."""
        return f"{self._task_name} ({self._subtask + 1}/{self._parallelism})"

    def get_number_of_parallel_subtasks(self) -> int:
        """Workers that run the function."""
        return self._parallelism

    def get_max_number_of_parallel_subtasks(self) -> int:
        """The same number: it does not change while a job runs."""
        return self._parallelism

    def get_index_of_this_subtask(self) -> int:
        """The number of this worker among them, from 0."""
        return self._subtask

    def get_attempt_number(self) -> int:
        """How often the task was started again, from 0."""
        return self._attempt

    def take_metrics(self, gauges: bool = True) -> list[dict[str, Any]]:
        """What was measured since the last time, as `MetricValue` of the protocol."""
        return self._registry.take(gauges)


_detached = FunctionContext()
#: What runs in the process, for every thread, and what runs in this task of the event loop.
_current: FunctionContext | None = None
_of_loop: Callable[[], FunctionContext | None] | None = None
_of_task: ContextVar[FunctionContext | None] = ContextVar("millstream_function", default=None)


def current_context() -> FunctionContext:
    """The context of the function that runs now: for plain functions, which have no `open`. Outside of a job
    it is one without parameters whose metrics go nowhere.

    >>> current_context().get_job_parameter("model", "large")
    'large'
    """
    return _of_task.get() or _running() or _detached


def running_function() -> str | None:
    """The function whose code runs now, or that is being opened or closed; any thread."""
    current = _running()
    return None if current is None else current.function


def enter_context(context: FunctionContext | None) -> None:
    """Makes `context` the current one; None: outside of functions."""
    global _current, _of_loop
    _current = context
    _of_loop = None
    _of_task.set(context)


def enter_contexts(running: Callable[[], FunctionContext | None]) -> None:
    """Until the next `enter_context` the current one is what `running` gives."""
    global _of_loop
    _of_loop = running


def _running() -> FunctionContext | None:
    of_loop = _of_loop
    return _current if of_loop is None else of_loop()
