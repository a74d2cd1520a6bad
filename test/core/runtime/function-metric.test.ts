import { describe, expect, it } from 'vitest';
import { FunctionMetricSet, type MetricValue } from '../../../core/index.js';

function value(changes: Partial<MetricValue>): MetricValue {
  return {
    function: 'score',
    name: 'n',
    kind: 'counter',
    labels: {},
    value: null,
    count: 0,
    sum: null,
    min: null,
    max: null,
    buckets: [],
    ...changes,
  };
}

describe('metrics of functions', () => {
  it('add up counters of all workers, by name and labels in any order', () => {
    const set = new FunctionMetricSet();
    set.add(0, [value({ count: 3, labels: { a: '1', b: '2' } }), value({ count: 5 })]);
    set.add(1, [value({ count: -1, labels: { b: '2', a: '1' } })]);

    expect(set.readings().map(({ labels, count, subtask }) => [labels, count, subtask])).toEqual([
      [{ a: '1', b: '2' }, 2, null],
      [{}, 5, null],
    ]);
  });

  it('keep the last number of a gauge for each worker', () => {
    const set = new FunctionMetricSet();
    set.add(0, [value({ kind: 'gauge', value: 1 })]);
    set.add(1, [value({ kind: 'gauge', value: 7 })]);
    set.add(0, [value({ kind: 'gauge', value: 2 })]);

    expect(set.readings().map((reading) => [reading.subtask, reading.value, reading.count])).toEqual([
      [0, 2, null],
      [1, 7, null],
    ]);
  });

  it('add up events and rates of meters', () => {
    const set = new FunctionMetricSet();
    set.add(0, [value({ kind: 'meter', count: 10, value: 5 })]);
    set.add(1, [value({ kind: 'meter', count: 4, value: 2 })]);
    set.add(0, [value({ kind: 'meter', count: 1, value: 3 })]);

    expect(set.readings()[0]).toMatchObject({ count: 15, rate: 5 });
  });

  it('merge histograms into quantiles that never leave the values seen', () => {
    const set = new FunctionMetricSet();
    const buckets = (from: number) => Array.from({ length: 50 }, (_, i) => [from + i, 1] as const);
    set.add(0, [value({ kind: 'histogram', count: 50, sum: 1275, min: 1, max: 50, buckets: buckets(1) })]);
    set.add(1, [
      value({ kind: 'histogram', count: 50, sum: 3775, min: 51, max: 99.5, buckets: buckets(51) }),
    ]);

    expect(set.readings()[0]).toMatchObject({
      count: 100,
      sum: 5050,
      min: 1,
      max: 99.5,
      mean: 50.5,
      p50: 50,
      p95: 95,
      p99: 99,
    });
  });

  it('know nothing of an empty distribution, not even a mean', () => {
    const set = new FunctionMetricSet();
    set.add(0, [value({ kind: 'distribution' })]);

    expect(set.readings()[0]).toMatchObject({ count: 0, sum: null, min: null, mean: null, p50: null });
  });
});
