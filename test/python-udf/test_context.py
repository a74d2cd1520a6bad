"""What functions learn from their context, and what they measure by it."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

import pytest
from execution_support import CallStep, Column, ColumnSpec

from millstream import FunctionContext, Limits, MetricGroup, ScalarFunction, UdfError, current_context, udf
from millstream._execution import LoadedFunction, open_stage
from millstream._function_spec import specify
from millstream._metric_registry import MOST_METRICS
from millstream._metric_series import Histogram, Meter


@dataclass(frozen=True)
class Context:
    job_id: str = "job-1"
    subtask: int = 1
    parallelism: int = 3
    attempt: int = 0
    job_parameters: dict[str, str] = field(default_factory=lambda: {"model": "small"})
    cached_files: dict[str, str] = field(default_factory=lambda: {"weights": "/data/w.bin"})


class Remembers(ScalarFunction):
    """Keeps its context."""

    context: FunctionContext

    def open(self, function_context: FunctionContext) -> None:
        self.context = function_context
        self.rows = function_context.get_metric_group().add_group("model").counter("rows")
        function_context.gauge("height", lambda: 4.5)

    def eval(self, x: int) -> int:
        self.rows.inc()
        assert current_context() is self.context
        return x


def _stage(name: str, function: object, subtask: int = 1) -> tuple[object, object]:
    stage = open_stage(
        mode="scalar",
        input=[ColumnSpec("c0", "BIGINT")],
        steps=[CallStep(name, [Column(0)], "BIGINT")],  # type: ignore[list-item]
        result_steps=[0],
        outer=False,
        key_columns=[],
        functions={name: LoadedFunction(name, f"udfs.{name}", specify(name, function))},
        context=Context(subtask=subtask),
        stage="python-1#2",
        limits=Limits(1 << 30, 0.5),
    )
    return stage, function


def test_open_is_given_the_job_the_task_the_parameters_and_the_limits() -> None:
    function = Remembers()
    stage, _ = _stage("keep", udf(function))

    context = function.context

    assert (context.get_job_id(), context.get_attempt_number()) == ("job-1", 0)
    assert context.get_task_name_with_subtasks() == "python-1 (2/3)"
    assert (context.get_index_of_this_subtask(), context.get_number_of_parallel_subtasks()) == (1, 3)
    assert context.get_job_parameter("model", "large") == "small"
    assert context.get_job_parameter("seed", None) is None
    assert context.cached_file("weights") == "/data/w.bin"
    assert context.limits == Limits(memory_bytes=1 << 30, cpus=0.5)
    assert context.logger.name == "keep"
    stage.close()  # type: ignore[attr-defined]


def test_a_file_that_the_job_does_not_give_is_named_with_those_it_gives() -> None:
    context = FunctionContext(function="score", cached_files={"weights": "/w"})

    with pytest.raises(UdfError, match="`score` asked for the file `weight`.*Did you mean") as caught:
        context.cached_file("weight")

    assert caught.value.code == "UDF_CACHED_FILE"


def test_what_a_stage_measured_is_taken_once() -> None:
    import pyarrow as pa

    stage, _ = _stage("keep", udf(Remembers()))
    list(stage.process([pa.array([1, 2, 3])], 3))  # type: ignore[attr-defined]

    taken = {value["name"]: value for value in stage.take_metrics()}  # type: ignore[attr-defined]

    assert taken["model.rows"] == {
        "function": "keep", "name": "model.rows", "kind": "counter", "labels": {}, "value": None, "count": 3,
        "sum": None, "min": None, "max": None, "buckets": [],
    }  # fmt: skip
    assert taken["height"]["value"] == 4.5
    assert stage.take_metrics() == []  # type: ignore[attr-defined]
    stage.close()  # type: ignore[attr-defined]


def test_a_plain_function_has_its_own_context_while_it_runs_and_none_of_a_job_outside() -> None:
    import pyarrow as pa

    @udf
    def plain(x: int) -> int:
        current_context().counter("seen", parity=x % 2).inc()
        return x

    stage, _ = _stage("plain", plain)
    list(stage.process([pa.array([1, 2, 3])], 3))  # type: ignore[attr-defined]

    taken = stage.take_metrics()  # type: ignore[attr-defined]

    assert [(v["name"], v["labels"], v["count"]) for v in taken] == [
        ("seen", {"parity": "1"}, 2),
        ("seen", {"parity": "0"}, 1),
    ]
    assert current_context().get_job_id() == ""
    stage.close()  # type: ignore[attr-defined]


def test_a_group_with_a_value_is_a_label_and_without_one_part_of_the_name() -> None:
    context = FunctionContext()
    group: MetricGroup = context.get_metric_group().add_group("cache").add_group("region", "eu")

    group.counter("hits", size="small").inc(2)

    [value] = context.take_metrics()
    assert (value["name"], value["labels"]) == ("cache.hits", {"region": "eu", "size": "small"})


def test_a_name_is_of_one_kind_and_labels_made_of_the_data_are_refused() -> None:
    context = FunctionContext(function="score")
    context.counter("n")

    with pytest.raises(UdfError, match="`score` asked for the histogram `n`, which is a counter already"):
        context.histogram("n")
    with pytest.raises(UdfError, match="Use labels of few values") as caught:
        for row in range(MOST_METRICS):
            context.counter("rows", key=row)

    assert caught.value.code == "UDF_METRIC"


def test_a_gauge_that_fails_is_left_out_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    context = FunctionContext(function="score")
    context.gauge("broken", lambda: 1 / 0)
    context.counter("n").inc()

    first, second = context.take_metrics(), context.take_metrics()

    assert [value["name"] for value in first] == ["n"]
    assert second == []
    assert [record.getMessage() for record in caplog.records] == [
        "the gauge 'broken' of function 'score' failed: ZeroDivisionError('division by zero')"
    ]


def test_a_meter_forgets_what_is_older_than_its_span() -> None:
    now = [100.0]
    meter = Meter(10, lambda: now[0])

    meter.mark_event(20)
    now[0] = 105.0
    meter.mark_event(10)
    early = meter.get_rate()
    now[0] = 112.0

    assert (early, meter.get_rate(), meter.get_count()) == (6.0, 1.0, 30)


def test_a_bucket_of_a_histogram_is_within_one_percent_of_its_values() -> None:
    chance = random.Random(7)
    values = [chance.choice([-1, 1]) * 10 ** chance.uniform(-9, 9) for _ in range(2_000)] + [0.0]

    for value in values:
        histogram = Histogram()
        histogram.update(value)
        taken = histogram.take()
        assert taken is not None
        [[middle, count]] = taken["buckets"]
        assert count == 1
        assert math.isclose(middle, value, rel_tol=0.0101)
    with pytest.raises(ValueError, match="finite numbers, not nan"):
        Histogram().update(math.nan)
