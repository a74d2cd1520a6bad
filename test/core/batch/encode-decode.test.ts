import { LargeUtf8, Table, tableFromIPC, tableToIPC, vectorFromArray } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import {
  type Batch,
  BatchEncoder,
  type ColumnValues,
  decodeRecordBatch,
  decodeRows,
  type ExchangeColumns,
  mergeGroups,
  SchemaRegistry,
} from '../../../core/index.js';
import { types } from '../../../core/types/types.js';
import { ALL_TYPES, ALL_TYPES_ROWS } from '../../support/all-types.js';
import { SeededRandom } from '../../support/seeded-random.js';

const EXCHANGE: ExchangeColumns = { columns: ALL_TYPES, groups: [ALL_TYPES.map((_, i) => i)] };

describe('values of every type', () => {
  it('come back exactly, nulls and extremes included', () => {
    const schemas = new SchemaRegistry();

    const batch = new BatchEncoder(ALL_TYPES, schemas).encodeRows(ALL_TYPES_ROWS);

    expect(decodeRows(batch, EXCHANGE, schemas)).toEqual(ALL_TYPES_ROWS);
  });

  it('are read by apache-arrow as the same rows', () => {
    const schemas = new SchemaRegistry();
    const batch = new BatchEncoder(ALL_TYPES, schemas).encodeRows(ALL_TYPES_ROWS);

    const table = tableFromIPC(Buffer.concat([schemas.message(1), batch.groups[0]!.message]));

    expect(table.numRows).toBe(3);
    expect(table.getChild('bigint')?.toJSON()).toEqual([9223372036854775807n, null, -9223372036854775808n]);
    expect(table.getChild('string')?.toJSON()).toEqual(['naïve 🌊', null, '"\n']);
    expect(table.getChild('array')?.get(0)?.get(0)?.toJSON()).toEqual([1n, null]);
    expect(table.getChild('row')?.get(0)?.toJSON()).toEqual({ x: 1, y: null });
    expect(table.getChild('boolean')?.toJSON()).toEqual([true, null, false]);
  });

  it('of an empty batch are none', () => {
    const schemas = new SchemaRegistry();

    const batch = new BatchEncoder(ALL_TYPES, schemas).encodeRows([]);

    expect(decodeRows(batch, EXCHANGE, schemas)).toEqual([]);
    expect(decodeRecordBatch(batch, EXCHANGE, schemas).numRows).toBe(0);
  });
});

describe('a batch of several groups', () => {
  it('gives the selected rows of each group, side by side, in the order of the columns, for any selection', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const random = new SeededRandom(seed);
      const schemas = new SchemaRegistry();
      const source = Array.from({ length: random.int(1, 9) }, () => random.pick(ALL_TYPES_ROWS));
      const selection = Int32Array.from({ length: random.int(0, 20) }, () =>
        random.int(0, source.length - 1),
      ).sort();
      const even = new BatchEncoder(ALL_TYPES, schemas).encodeRows(source).groups[0]!;
      const id = { name: 'id', type: types.int() };
      const other = new BatchEncoder([id], schemas).encode(selection.length, [selection.slice()]).groups[0]!;
      const groups = [other, { ...even, selection }];
      const batch: Batch = { kind: 'batch', rows: selection.length, groups, continued: false };
      const exchange = {
        columns: [...ALL_TYPES, id],
        groups: [[ALL_TYPES.length], ALL_TYPES.map((_, i) => i)],
      };

      const rows = Array.from(selection, (position) => [...source[position]!, position]);

      expect(decodeRows(batch, exchange, schemas), `seed ${seed}`).toEqual(rows);
      const merged = { schema: new BatchEncoder(exchange.columns, schemas).schema, selection: null };
      const message = mergeGroups(batch, exchange, schemas);
      const flat: Batch = {
        ...batch,
        groups: [{ ...merged, message, shared: null, messageRows: batch.rows }],
      };
      const whole = { columns: exchange.columns, groups: [exchange.columns.map((_, i) => i)] };
      expect(decodeRows(flat, whole, schemas), `seed ${seed}, merged`).toEqual(rows);
      expect(decodeRecordBatch(batch, exchange, schemas).getChild('bigint')?.toJSON()).toEqual(
        rows.map((row) => row[4]),
      );
    }
  });

  it('is refused when a selection points past its group', () => {
    const schemas = new SchemaRegistry();
    const column = { name: 'a', type: types.int() };
    const [group] = new BatchEncoder([column], schemas).encode(2, [[1, 2]]).groups;
    const groups = [{ ...group!, selection: Int32Array.of(2) }];
    const batch: Batch = { kind: 'batch', rows: 1, groups, continued: false };

    expect(() => decodeRows(batch, { columns: [column], groups: [[0]] }, schemas)).toThrow(
      'points past the 2 rows',
    );
  });
});

describe('merging the groups of a batch into one message', () => {
  const columns = ['a', 'b', 'c'].map((name) => ({ name, type: types.int() }));
  const exchange = { columns, groups: [[0], [2, 1]] };

  it('gives the asked columns in the asked order, selections applied', () => {
    const schemas = new SchemaRegistry();
    const [first] = new BatchEncoder(columns.slice(0, 1), schemas).encode(2, [[1, 2]]).groups;
    const [second] = new BatchEncoder(columns.slice(1), schemas).encode(1, [[30], [20]]).groups;
    const groups = [first!, { ...second!, selection: Int32Array.of(0, 0) }];
    const batch: Batch = { kind: 'batch', rows: 2, groups, continued: false };

    const message = mergeGroups(batch, exchange, schemas, [2, 0]);

    const schema = schemas.message(new BatchEncoder([columns[2]!, columns[0]!], schemas).schema);
    expect(
      tableFromIPC(Buffer.concat([schema, message]))
        .toArray()
        .map(String),
    ).toEqual(['{"c": 30, "a": 1}', '{"c": 30, "a": 2}']);
  });

  it('copies nothing where a batch is one group with just these columns', () => {
    const schemas = new SchemaRegistry();
    const batch = new BatchEncoder(columns, schemas).encode(1, [[1], [2], [3]]);

    expect(mergeGroups(batch, { columns, groups: [[0, 1, 2]] }, schemas)).toBe(batch.groups[0]!.message);
  });

  it('refuses large strings, which would be misread under the wire schema', () => {
    const schemas = new SchemaRegistry();
    const stream = tableToIPC(new Table({ s: vectorFromArray(['x'], new LargeUtf8()) }), 'stream');
    const schemaBytes = 8 + new DataView(stream.buffer, stream.byteOffset).getInt32(4, true);
    const message = stream.slice(schemaBytes, stream.length - 8);
    const group = {
      schema: schemas.register(stream.slice(0, schemaBytes)),
      message,
      shared: null,
      messageRows: 1,
      selection: null,
    };
    const batch: Batch = { kind: 'batch', rows: 1, groups: [group], continued: false };
    const text = { columns: [{ name: 's', type: types.string() }], groups: [[0]] };

    expect(() => mergeGroups(batch, text, schemas)).toThrow('Column "s" should be STRING');
  });
});

describe('the encoder', () => {
  const columns = [
    { name: 'n', type: types.bigint() },
    { name: 's', type: types.string() },
  ];
  const exchange = { columns, groups: [[0, 1]] };

  it('takes typed arrays and string buffers as they lie in memory', () => {
    const schemas = new SchemaRegistry();
    const text = { offsets: Int32Array.of(0, 1, 3), bytes: new TextEncoder().encode('abc') };

    const batch = new BatchEncoder(columns, schemas).encode(2, [BigInt64Array.of(5n, -6n), text]);

    expect(decodeRows(batch, exchange, schemas)).toEqual([
      [5n, 'a'],
      [-6n, 'bc'],
    ]);
  });

  it.each([
    ['a fraction for BIGINT', [1.5], ['a'], 'Row 0: 1.5 does not fit column "n" of type BIGINT'],
    ['an integer beyond 64 bits', [0n, 2n ** 63n], ['a', 'b'], 'Row 1: 9223372036854775808n does not fit'],
    ['a number for STRING', [1n], [7], 'Row 0: 7 does not fit column "s" of type STRING'],
    ['a column that is too short', [1n, 2n], ['a'], 'was given 1 values for 2 rows'],
    ['floats for BIGINT', Float64Array.of(1), ['a'], 'was given buffers of another type'],
  ] as [string, ColumnValues, ColumnValues, string][])(
    'refuses %s, naming column, row and value',
    (_, n, s, message) => {
      const encoder = new BatchEncoder(columns, new SchemaRegistry());
      const rows = (n as readonly unknown[]).length;

      expect(() => encoder.encode(rows, [n, s])).toThrow(message);
    },
  );

  it('names the outermost row of a nested value that does not fit', () => {
    const nested = [{ name: 'a', type: types.array(types.array(types.tinyint())) }];
    const encoder = new BatchEncoder(nested, new SchemaRegistry());

    expect(() => encoder.encodeRows([[[[1], [2]]], [[[3], [400]]]])).toThrow(
      'Row 1: [[3],[400]] does not fit',
    );
  });
});
