/** Several tables of one call as one input: their rows one below the other, told apart by a tag. */
import type { Expression } from '../../plan/expression.js';
import { columnOf, literalOf } from '../../plan/expression-builders.js';
import type { LogicalPlan, PlanColumn } from '../../plan/logical-plan.js';
import { projectOf } from '../../plan/plan-builders.js';
import { types, withNullable } from '../../types/types.js';
import { type BindContext, bindError } from './bind-context.js';
import { coerceAll } from './coerce.js';
import { type BoundTable, type Together, tableOf } from './table-argument.js';

/**
 * Every row has the keys (NULL in a table that all partitions see), the tag, and for each table its columns and its order,
 * NULL in the rows of the others.
 * @throws {SqlError} where the tables are not divided by as many columns, or by columns that share no type.
 */
export function coPartitioned(context: BindContext, tables: readonly BoundTable[]): Together {
  const keys = commonKeys(context, tables);
  const rows = tables.map((_, i) => rowsOf(context, tables, keys, i));
  const plan = rows.reduce((left, right) => unionOf(context, left, right));
  const named = plan.columns.slice(0, keys.length).map((column, k) => ({
    ...column,
    name: divided(tables)[0]!.partitionBy[k]!.name,
  }));
  let next = keys.length + 1;
  const take = (count: number): readonly PlanColumn[] => {
    next += count;
    return plan.columns.slice(next - count, next);
  };
  const parts = tables.map((table) => ({
    table: tableOf(take(table.plan.columns.length), table),
    order: take(table.orderBy.length).map((column, i) => ({
      ...table.orderBy[i]!,
      expression: columnOf(column),
    })),
  }));
  return {
    plan,
    keys: named,
    tag: plan.columns[keys.length]!,
    order: parts.flatMap((part) => part.order),
    tables: parts.map((part) => part.table),
  };
}

/** The tables that have keys. */
function divided(tables: readonly BoundTable[]): readonly BoundTable[] {
  return tables.filter((table) => !table.isBroadcast);
}

/** For each key its expression in each table. */
function commonKeys(context: BindContext, tables: readonly BoundTable[]): readonly (readonly Expression[])[] {
  const keyed = divided(tables);
  const width = keyed[0]!.partitionBy.length;
  const other = keyed.find((table) => table.partitionBy.length !== width);
  if (other !== undefined) {
    const message = `This table is partitioned by ${other.partitionBy.length} column(s), the first by ${width}.`;
    const hint = 'Give each table as many columns in PARTITION BY.';
    throw bindError(context, 'SQL_ARGUMENTS', message, other.span, hint);
  }
  return Array.from({ length: width }, (_, k) => {
    const columns = keyed.map((table) => columnOf(table.partitionBy[k]!, table.span));
    const { expressions } = coerceAll(context, columns, `Column ${k + 1} of PARTITION BY`);
    const missing = literalOf(null, withNullable(expressions[0]!.type, true));
    return tables.map((table) => (table.isBroadcast ? missing : expressions[keyed.indexOf(table)]!));
  });
}

function rowsOf(
  context: BindContext,
  tables: readonly BoundTable[],
  keys: readonly (readonly Expression[])[],
  member: number,
): LogicalPlan {
  const { plan, span } = tables[member]!;
  const owned = tables.flatMap((table, i) => {
    const own = [
      ...table.plan.columns.map((column) => columnOf(column)),
      ...table.orderBy.map((k) => k.expression),
    ];
    return i === member ? own : own.map((e) => literalOf(null, withNullable(e.type, true), span));
  });
  const tag = literalOf(member, types.notNull(types.int()), span);
  const expressions = [...keys.map((key) => key[member]!), tag, ...owned];
  return projectOf(
    plan,
    expressions.map((expression) => context.ids.column('part', expression.type)),
    expressions,
  );
}

function unionOf(context: BindContext, left: LogicalPlan, right: LogicalPlan): LogicalPlan {
  return {
    kind: 'set',
    operator: 'union',
    all: true,
    left,
    right,
    columns: left.columns.map(({ name, type }, i) =>
      context.ids.column(name, withNullable(type, type.nullable || right.columns[i]!.type.nullable)),
    ),
    span: left.span,
  };
}
