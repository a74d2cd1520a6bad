import { expect, it } from 'vitest';
import type { SinkStage, StageGraph } from '../../../core/index.js';
import { checkCommits, sinkName } from '../../../operators/connectors/kafka/transaction-rules.js';

const stages = [
  { kind: 'source', id: 'source-1', bounded: false },
  { kind: 'sink', id: 'sink-2', connector: 'kafka', table: 't' },
  { kind: 'sink', id: 'sink-3', connector: 'kafka', table: 'other' },
  { kind: 'sink', id: 'sink-4', connector: 'kafka', table: 't' },
];
const graph = { stages } as unknown as StageGraph;
const properties = { transactionTimeoutMs: 60_000 };

it('an endless job with an exactly-once table has an interval of checkpoints, shorter than the brokers wait', () => {
  expect(() => checkCommits('t', properties, graph, null)).toThrow('the job takes none');
  expect(() => checkCommits('t', properties, graph, 60_000)).toThrow('the interval is 60000 ms');
  expect(() => checkCommits('t', properties, graph, 59_999)).not.toThrow();
  const ending = { stages: [{ kind: 'source', id: 'source-1', bounded: true }] } as unknown as StageGraph;
  expect(() => checkCommits('t', properties, ending, null)).not.toThrow();
});

it('sinks into one table have names of their own', () => {
  const names = stages.slice(1).map((stage) => sinkName(stage as unknown as SinkStage, graph));
  expect(names).toEqual(['t-0', 'other-0', 't-1']);
});
