import { expect, it } from 'vitest';
import {
  type Batch,
  type Clock,
  decodeRows,
  type Exchange,
  type OperatorContext,
  SchemaRegistry,
  type SourceStage,
  type StreamElement,
} from '../../../core/index.js';
import { datagenSource } from '../../../operators/sources/datagen.js';

const INT = { kind: 'INT', nullable: true } as const;
const COLUMNS = ['a', 'b', 'c'].map((name) => ({ name, type: INT }));
const SEQUENCES = COLUMNS.flatMap(({ name }, i) => [
  [`fields.${name}.kind`, 'sequence'],
  [`fields.${name}.start`, String(10 * i)],
  [`fields.${name}.end`, String(10 * i + 2)],
]);
const STAGE: SourceStage = {
  kind: 'source',
  id: 'source-1',
  description: 'datagen made',
  inputs: [],
  output: 'x1',
  table: 'made',
  connector: 'datagen',
  options: { connector: 'datagen', ...Object.fromEntries(SEQUENCES) },
  declared: COLUMNS,
  columns: COLUMNS,
  bounded: true,
  primaryKey: [],
  partitionedBy: [],
  hasPosition: true,
};
const EXCHANGE: Exchange = {
  id: 'x1',
  producer: 'source-1',
  consumers: ['python-2'],
  columns: COLUMNS,
  groups: [[0], [1, 2]],
  mode: 'stream',
  reason: 'one consumer',
  keyColumns: null,
};

it('a datagen source makes the column groups that its exchange has', async () => {
  const schemas = new SchemaRegistry();
  const batches: Batch[] = [];
  let seconds = 0n;
  const clock = { nowMs: () => 0, monotonicNs: () => 1_000_000_000n * seconds++ } as Clock;
  const graph = { stages: [STAGE], exchanges: [EXCHANGE], mode: 'batch' } as const;
  const source = datagenSource(STAGE, { graph, schemas, restored: null }, clock);

  await source.open({
    signal: new AbortController().signal,
    output: { emit: async (element: StreamElement) => void batches.push(element as Batch) },
  } as unknown as OperatorContext);
  await source.run();

  expect(batches.map(({ groups }) => groups.length)).toEqual(batches.map(() => 2));
  expect(batches.flatMap((batch) => decodeRows(batch, EXCHANGE, schemas))).toEqual([
    [0, 10, 20],
    [1, 11, 21],
    [2, 12, 22],
  ]);
});
