import { expect, it } from 'vitest';
import {
  BatchEncoder,
  type Exchange,
  type OperatorContext,
  SchemaRegistry,
  type SinkStage,
} from '../../../core/index.js';
import { types } from '../../../core/types/types.js';
import { PrintSink } from '../../../operators/sinks/print.js';

const COLUMNS = [
  { name: 'n', type: types.bigint() },
  { name: 's', type: types.string() },
  { name: 'd', type: types.date() },
  { name: 't', type: types.time(6) },
  { name: 'ts', type: types.timestamp(6) },
  { name: 'ltz', type: types.timestampLtz(3) },
  { name: 'months', type: types.intervalYearMonth() },
  { name: 'millis', type: types.intervalDayTime() },
];
const EXCHANGE: Exchange = {
  id: 'e',
  producer: 'p',
  consumers: ['sink'],
  columns: COLUMNS,
  groups: [COLUMNS.map((_, i) => i)],
  keyColumns: null,
  mode: 'stream',
  reason: '',
};
const STAGE: SinkStage = {
  id: 'sink',
  kind: 'sink',
  inputs: ['e'],
  output: null,
  description: '',
  table: 't',
  fields: [],
  primaryKey: [],
  connector: 'print',
  options: { 'print-identifier': 'out' },
  columns: COLUMNS.map(({ name }, column) => ({ name, column })),
  change: null,
  files: null,
};
const DAY = 19_000;
const MICROS = BigInt(DAY) * 86_400_000_000n;

it('prints rows as Flink does: times and intervals as Java prints them, NULL as null', async () => {
  const schemas = new SchemaRegistry();
  const lines: string[] = [];
  const sink = new PrintSink(STAGE, EXCHANGE, schemas, async (text) => {
    lines.push(text);
  });
  await sink.open({} as OperatorContext);
  const noon = 43_200_000_000n;

  await sink.processBatch(
    new BatchEncoder(COLUMNS, schemas).encodeRows([
      [1n, 'a, b', DAY, noon, MICROS + noon, MICROS, 14, 93_784_567n],
      [null, null, null, noon + 5_120_000n, MICROS + 1_000_001n, MICROS + 50_000n, -3, -90_500n],
    ]),
  );

  expect(lines.join('')).toBe(
    'out> +I[1, a, b, 2022-01-08, 12:00, 2022-01-08T12:00, 2022-01-08T00:00:00Z, P14M, PT26H3M4.567S]\n' +
      'out> +I[null, null, null, 12:00:05.120, 2022-01-08T00:00:01.000001, 2022-01-08T00:00:00.050Z, P-3M, PT-1M-30.5S]\n',
  );
});
