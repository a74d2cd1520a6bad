import { expect, it } from 'vitest';
import {
  CHANGE_COLUMN,
  type SourceStage,
  type SqlValue,
  type TableField,
  types,
} from '../../../core/index.js';
import type { CdcTable } from '../../../operators/connectors/postgres/cdc-table.js';
import { ChangeRows } from '../../../operators/connectors/postgres/change-rows.js';
import { DELETE, INSERT, UPDATE_AFTER } from '../../../operators/streaming/row-function.js';

const COLUMNS: readonly TableField[] = [
  { name: CHANGE_COLUMN, type: types.int() },
  { name: 'v', type: types.string() },
  { name: 'at', type: types.timestampLtz(9), metadata: 'op_ts' },
  { name: 'id', type: types.bigint() },
];

function rowsOf(isUpsert: boolean, onNote: (text: string) => void = () => {}): ChangeRows {
  const stage = { table: 't', declared: COLUMNS, primaryKey: ['id'] } as unknown as SourceStage;
  const table = { schema: 'public', name: 'there', isUpsert } as CdcTable;
  const rows = new ChangeRows(stage, table, onNote);
  rows.relation({ kind: 'relation', id: 7, schema: 'public', table: 'there', columns: ['id', 'v'] });
  return rows;
}

function changes(rows: ChangeRows, message: Parameters<ChangeRows['change']>[0]): SqlValue[][] {
  const taken: SqlValue[][] = [];
  rows.change(message, 1_700_000_000_123_456n, (row) => taken.push(row));
  return taken;
}

const removal = { kind: 'delete', relation: 7, before: ['1', null], isKeyOnly: true } as const;

it('a row that goes is refused where the server has only its key, and all of it was asked for', () => {
  expect(() => changes(rowsOf(false), removal)).toThrow(/without all of the row before it/);
  expect(changes(rowsOf(true), removal)).toEqual([[DELETE, null, 1_700_000_000_123_000_000n, 1n]]);
});

it('a row whose key changes goes as it was known and comes anew', () => {
  const message = {
    kind: 'update',
    relation: 7,
    before: ['1', null],
    isKeyOnly: true,
    row: ['2', 'x'],
  } as const;
  expect(changes(rowsOf(true), message).map(([change, v, , id]) => [change, v, id])).toEqual([
    [DELETE, null, 1n],
    [UPDATE_AFTER, 'x', 2n],
  ]);
});

it('a column that goes while the job runs is NULL from then on and told once, a new one is not read', () => {
  const notes: string[] = [];
  const rows = rowsOf(true, (text) => notes.push(text));
  const columns = ['more', 'id'];
  for (let i = 0; i < 2; i++)
    rows.relation({ kind: 'relation', id: 7, schema: 'public', table: 'there', columns });
  const insert = { kind: 'insert', relation: 7, row: ['new', '1'] } as const;

  expect(changes(rows, insert)).toEqual([[INSERT, null, 1_700_000_000_123_000_000n, 1n]]);
  expect(notes).toEqual(["table t: public.there has no column 'v' any more, it is NULL from here on"]);
  const withoutKey = { kind: 'relation', id: 7, schema: 'public', table: 'there', columns: ['v'] } as const;
  expect(() => rows.relation(withoutKey)).toThrow(
    "public.there has no column 'id' any more, which is not to be NULL",
  );
});
