import { beforeEach, expect, test } from 'vitest';
import {
  type Barrier,
  type Batch,
  BatchEncoder,
  batchRows,
  type Exchange,
  HeapState,
  type OperatorContext,
  type OperatorSurroundings,
  SchemaRegistry,
  types,
} from '../../../core/index.js';
import { GroupAggregate } from '../../../operators/streaming/group-aggregate.js';
import { MiniBatch } from '../../../operators/streaming/mini-batch.js';
import { CHANGES } from '../../../operators/streaming/row-function.js';
import { RowOperator } from '../../../operators/streaming/row-operator.js';
import { ManualClock } from '../../support/manual-clock.js';
import { APPENDING, callOf } from './rows.js';

const TEXT = { name: 'k', type: types.string() };
const IN = { id: 'in', columns: [TEXT], groups: [[0]] } as unknown as Exchange;
const COLUMNS = [{ name: 'change', type: types.tinyint() }, TEXT, { name: 'n', type: types.bigint() }];
const OUT = { id: 'out', columns: COLUMNS, groups: [[0, 1, 2]] } as unknown as Exchange;

let said: string[];
let clock: ManualClock;
let schemas: SchemaRegistry;
let operator: RowOperator;
let state: HeapState;

/** Counts rows by key; five rows are a mini-batch. */
beforeEach(async () => {
  said = [];
  clock = new ManualClock();
  schemas = new SchemaRegistry();
  state = new HeapState();
  const spec = {
    kind: 'aggregate',
    keys: [0],
    calls: [callOf('COUNT', null)],
    windowTime: null,
    inputs: [APPENDING],
    outputs: [{ kind: 'change' }, { kind: 'result', result: 0 }, { kind: 'result', result: 1 }],
  } as const;
  const job = { graph: { exchanges: [IN, OUT] }, schemas, restored: null } as unknown as OperatorSurroundings;
  const rows = new GroupAggregate(spec, state);
  const collected = new MiniBatch({ rows: 5, latencyMs: 1_000 });
  operator = new RowOperator(
    { inputs: ['in'], output: 'out', operator: spec },
    job,
    rows,
    state,
    null,
    collected,
  );
  await operator.open(context());
});

function context(): OperatorContext {
  const emit = async (element: Batch | { readonly kind: string }) => {
    if (element.kind !== 'batch') return void said.push(element.kind);
    for (const [change, key, count] of batchRows(element as Batch, OUT, schemas)) {
      said.push(`${CHANGES[change as number]} ${key} ${count}`);
    }
  };
  const fail = (error: unknown) => expect.unreachable(String(error));
  return {
    output: { emit },
    clock,
    timers: clock,
    metrics: {},
    fail,
    acknowledge: () => {},
    signal: new AbortController().signal,
  } as unknown as OperatorContext;
}

const give = (...keys: string[]) => {
  const batch = new BatchEncoder(IN.columns, schemas).encode(keys.length, [keys]);
  return operator.processBatch(batch, 0);
};

test('rows are collected until there are enough, and a group says its change once', async () => {
  await give('a', 'b');
  await give('a');
  expect(said).toEqual([]);
  await give('a', 'c');
  expect(said).toEqual(['+I a 3', '+I b 1', '+I c 1']);
  said.length = 0;
  await give('a', 'a', 'b', 'a', 'a', 'a');
  expect(said).toEqual(['-U a 3', '+U a 8', '-U b 1', '+U b 2']);
});

test('what was collected is said when the next mini-batch begins, and whoever is behind is told of it then', async () => {
  await give('a');
  await give('b');
  expect(clock.pendingTimers).toBe(0);
  await operator.processWatermark({
    kind: 'watermark',
    timestampMs: Number.NEGATIVE_INFINITY,
    miniBatch: 1,
  });
  expect(said).toEqual(['+I a 1', '+I b 1', 'watermark']);
  await operator.processWatermark({ kind: 'watermark', timestampMs: 1_000 });
  await give('a');
  expect(said.slice(3)).toEqual(['watermark']);
});

test('what waits is said before a barrier, and at the end', async () => {
  await give('a');
  await operator.snapshot({ kind: 'barrier', checkpointId: 1, isLast: false } as Barrier);
  await give('a');
  await operator.processWatermark({ kind: 'watermark', timestampMs: Number.POSITIVE_INFINITY });
  expect(said).toEqual(['+I a 1', 'barrier', '-U a 1', '+U a 2', 'watermark']);
});
