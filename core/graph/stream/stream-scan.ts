/** Tables as the sources of a stream: those whose rows change have one more column, with the kind of change. */

import { columnOf } from '../../plan/expression-builders.js';
import type { PlanColumn } from '../../plan/logical-plan.js';
import type { Scan } from '../../plan/plan-builders.js';
import { traitsOf } from '../plan-options.js';
import {
  CHANGE_TYPE,
  insertions,
  operatorOver,
  passedOn,
  projected,
  type Relation,
  type StreamContext,
} from './relation.js';

/** The column of a source stage that its connector fills with the kind of change of each row (`RowKind`'s number). */
export const CHANGE_COLUMN = '$change';

/** The rows of a table. */
export function streamScan(context: StreamContext, scan: Scan): Relation {
  const { table } = scan;
  const gives = traitsOf(context.options.connectors, table)?.gives?.(table) ?? 'insert';
  if (gives === 'insert') return insertions(scan);
  const change = context.options.ids.column(CHANGE_COLUMN, CHANGE_TYPE);
  const changing = {
    ...table,
    columns: [...table.columns, { name: CHANGE_COLUMN, type: CHANGE_TYPE, metadata: CHANGE_COLUMN }],
  };
  const keys = gives === 'upsert' ? keyColumns(context, scan) : [];
  const columns = [...scan.columns, ...keys.filter((key) => !scan.columns.includes(key)), change];
  const relation = { ...insertions({ ...scan, table: changing, columns }), change };
  return gives === 'upsert' ? normalized(context, scan, relation, keys) : relation;
}

/** The columns of the primary key, those included that nobody else reads. */
function keyColumns({ options }: StreamContext, { table, columns }: Scan): PlanColumn[] {
  return table.primaryKey.map((name) => {
    const type = table.columns.find((column) => column.name === name)!.type;
    return columns.find((column) => column.name === name) ?? options.ids.column(name, type);
  });
}

/** Rows that go are said as they were. */
function normalized(
  context: StreamContext,
  scan: Scan,
  relation: Relation,
  keys: readonly PlanColumn[],
): Relation {
  const operator = { kind: 'normalize', keys: keys.map((key) => key.id) } as const;
  const stored = relation.plan.columns.filter((column) => column.id !== relation.change!.id);
  const whole = operatorOver(context, [relation], operator, passedOn(stored), true);
  return projected(
    whole,
    scan.columns,
    scan.columns.map((column) => columnOf(column)),
  );
}
