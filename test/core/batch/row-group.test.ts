import { expect, it } from 'vitest';
import { batchBytes } from '../../../core/batch/batch.js';
import { decodeRows } from '../../../core/batch/decode.js';
import { BatchEncoder } from '../../../core/batch/encode.js';
import { batchRows, eachRow } from '../../../core/batch/row-group.js';
import { SchemaRegistry } from '../../../core/batch/schema-registry.js';

const COLUMNS = [
  { name: 'c0', type: { kind: 'BIGINT', nullable: true } },
  { name: 'c1', type: { kind: 'STRING', nullable: true } },
] as const;
const ROWS = [
  [1n, 'one'],
  [null, null],
  [3n, 'three'],
];
const ONE_GROUP = { columns: COLUMNS, groups: [[0, 1]] };

it('rows made in the core come back as they are, without a message in between', () => {
  const schemas = new SchemaRegistry();

  const batch = new BatchEncoder(COLUMNS, schemas).rows(ROWS);

  expect(batchRows(batch, ONE_GROUP, schemas)).toBe(ROWS);
});

it('whoever asks for the message of rows gets what encoding them gives', () => {
  const schemas = new SchemaRegistry();
  const encoder = new BatchEncoder(COLUMNS, schemas);

  const batch = encoder.rows(ROWS);
  const { rows: _, ...sent } = batch.groups[0]!;

  expect(sent.message).toEqual(encoder.encodeRows(ROWS).groups[0]!.message);
  expect(decodeRows({ ...batch, groups: [sent] }, ONE_GROUP, schemas)).toEqual(ROWS);
});

it('groups of rows side by side, or beside one that came as a message, are rows again', () => {
  const schemas = new SchemaRegistry();
  const clock = new BatchEncoder([{ name: 'c2', type: { kind: 'BIGINT', nullable: true } }], schemas);
  const exchange = {
    columns: [...COLUMNS, { name: 'c2', type: { kind: 'BIGINT', nullable: true } } as const],
    groups: [[0, 1], [2]],
  };
  const left = new BatchEncoder(COLUMNS, schemas).rows(ROWS);
  const clocks = [[7n], [8n], [null]];
  const together = [clock.rows(clocks), clock.encodeRows(clocks)].map((right) => ({
    ...left,
    groups: [...left.groups, ...right.groups],
  }));

  const rows = together.map((batch) => batchRows(batch, exchange, schemas));

  const expected = ROWS.map((row, i) => [...row, clocks[i]![0]!]);
  expect(rows).toEqual([expected, expected]);
});

it('a batch without columns has its rows all the same', () => {
  const none = { kind: 'batch', rows: 2, groups: [], continued: false } as const;

  expect(batchRows(none, { columns: [], groups: [] }, new SchemaRegistry())).toEqual([[], []]);
});

it('rows are charged for with what they take in memory, which grows with their texts', () => {
  const encoder = new BatchEncoder(COLUMNS, new SchemaRegistry());
  const bytes = (length: number) =>
    batchBytes(encoder.rows(Array.from({ length: 100 }, () => [1n, 'x'.repeat(length)])));

  expect(bytes(1_010) - bytes(10)).toBe(100_000);
  expect(batchBytes(encoder.rows([]))).toBe(0);
});

it('of rows that a sieve does not keep only its own columns are decoded', () => {
  const schemas = new SchemaRegistry();
  const encoder = new BatchEncoder(COLUMNS, schemas);
  const keeps = (row: readonly unknown[]) => row[0] === 3n;

  for (const batch of [encoder.rows(ROWS), encoder.encodeRows(ROWS)]) {
    const sieve = { columns: [0], keeps };
    expect([...eachRow(batch, ONE_GROUP, schemas, { sieve })]).toEqual([[3n, 'three']]);
    expect([...eachRow(batch, ONE_GROUP, schemas, { sieve, reads: [0] })][0]![0]).toEqual(3n);
  }
});
