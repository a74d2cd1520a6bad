/** Tables as arguments: `TABLE t PARTITION BY k ORDER BY ts`, or a query in the place of `TABLE t`. */
import type { MapTable } from '../../plan/expression.js';
import { columnOf } from '../../plan/expression-builders.js';
import type { LogicalPlan, PlanColumn, SortKey } from '../../plan/logical-plan.js';
import type { ArgumentNode, TableArgumentNode } from '../ast.js';
import type { Span } from '../span.js';
import { type BindContext, bindError } from './bind-context.js';
import { coPartitioned } from './co-partition.js';
import { bindExpression } from './expression.js';
import { plainContext } from './expression-context.js';
import { bindSortKeys } from './order-by.js';
import { bindQuery } from './query.js';
import { relationOf, type Scope } from './scope.js';
import { bindTable } from './table-reference.js';

/** A table argument: its rows, and how they are divided. */
export interface BoundTable {
  readonly plan: LogicalPlan;
  readonly partitionBy: readonly PlanColumn[];
  readonly orderBy: readonly SortKey[];
  /** All partitions of the others see its rows. */
  readonly isBroadcast: boolean;
  readonly span: Span;
}

/** @throws {SqlError} where the argument is no table. */
export function bindTableArgument(
  context: BindContext,
  argument: ArgumentNode,
  parent: Scope | null,
  isBroadcast = false,
): BoundTable {
  const { value } = argument;
  if (value.kind === 'subquery') {
    const plan = bindQuery(context, value.query, parent);
    return { plan, partitionBy: [], orderBy: [], isBroadcast, span: value.span };
  }
  if (value.kind !== 'table_argument') {
    throw bindError(
      context,
      'SQL_ARGUMENTS',
      'This parameter takes a table.',
      argument.span,
      'Write TABLE t, or a query in parentheses; PARTITION BY and ORDER BY may follow.',
    );
  }
  const { plan, name } = sourceOf(context, value, parent);
  const scope: Scope = { relations: [relationOf(name, plan.columns)], parent: null };
  const at = plainContext(context, scope, 'a table argument');
  const partitionBy = value.partitionBy.map((column) => {
    const bound = bindExpression(at, column);
    return plan.columns.find((own) => bound.kind === 'column' && own.id === bound.id)!;
  });
  if (isBroadcast && partitionBy.length > 0) {
    throw bindError(
      context,
      'SQL_ARGUMENTS',
      'All keys see the rows of this table, so it is not divided.',
      value.partitionBy[0]!.span,
      'Leave PARTITION BY out here.',
    );
  }
  return { plan, partitionBy, orderBy: bindSortKeys(at, value.orderBy), isBroadcast, span: value.span };
}

function sourceOf(context: BindContext, node: TableArgumentNode, parent: Scope | null) {
  const { source } = node;
  if ('parts' in source) {
    const { plan } = bindTable(context, source, [], node.span);
    return { plan, name: source.parts.at(-1)!.name };
  }
  return { plan: bindQuery(context, source, parent), name: null };
}

/** Tables as one input. */
export interface Together {
  readonly plan: LogicalPlan;
  readonly keys: readonly PlanColumn[] | null;
  readonly order: readonly SortKey[];
  readonly tag: PlanColumn | null;
  readonly tables: readonly MapTable[];
}

/**
 * The rows of all tables in one input. Several tables come one below the other, each in columns of its own, with
 * their keys in common columns.
 * @param needsSet The function has to see whole partitions: without PARTITION BY all rows are one.
 * @throws {SqlError} where the tables are not divided alike.
 */
export function together(
  context: BindContext,
  tables: readonly BoundTable[],
  needsSet: boolean,
  span: Span,
): Together {
  const first = tables[0];
  if (first === undefined) {
    throw bindError(context, 'SQL_ARGUMENTS', 'The table of this call is missing.', span, 'Write TABLE t.');
  }
  if (tables.length > 1) return coPartitioned(context, tables);
  const { plan, partitionBy, orderBy } = first;
  const isDivided = needsSet || partitionBy.length > 0 || orderBy.length > 0;
  return {
    plan,
    keys: isDivided ? partitionBy : null,
    order: orderBy,
    tag: null,
    tables: [tableOf(plan.columns, first)],
  };
}

/** The columns of the input that are a table's, under the names they have in it. */
export function tableOf(columns: readonly PlanColumn[], { plan, isBroadcast }: BoundTable): MapTable {
  return {
    columns: columns.map((column) => columnOf(column)),
    names: plan.columns.map((column) => column.name),
    isBroadcast,
  };
}
