/** FROM: tables, derived tables, joins. */
import { isTrueLiteral } from '../../plan/expression-builders.js';
import { outerColumns } from '../../plan/expression-facts.js';
import type { LogicalPlan, PlanColumn } from '../../plan/logical-plan.js';
import { filteredBy, type Join } from '../../plan/plan-builders.js';
import { withNullable } from '../../types/types.js';
import type { FromNode } from '../ast.js';
import { aliased } from './alias.js';
import { type BindContext, bindError } from './bind-context.js';
import { bindCondition } from './expression.js';
import { plainContext } from './expression-context.js';
import { mergeColumns } from './join-columns.js';
import { bindLateral } from './lateral.js';
import { bindQuery } from './query.js';
import { joinTtl } from './query-hints.js';
import type { Relation, Scope } from './scope.js';
import { bindTableFunction, isOverTables } from './table-function.js';
import { bindTable } from './table-reference.js';
import { systemTimeOf, temporalJoin } from './temporal-join.js';
import { oneRow } from './values.js';
import { bindWindowTable, isWindowTable } from './window-table.js';

/** Rows of FROM and the names they are reached by. */
export interface BoundFrom {
  readonly plan: LogicalPlan;
  readonly relations: readonly Relation[];
}

/** What the conditions of FROM may read of the query around it, and what LATERAL may. */
interface Outer {
  readonly parent: Scope | null;
  readonly lateral: Scope | null;
}

type JoinNode = Extract<FromNode, { kind: 'join' }>;

/**
 * @param parent the scope of the enclosing query, which conditions may read
 * @param lateral what LATERAL may read besides: what stands before it in joins around this one
 */
export function bindFrom(
  context: BindContext,
  node: FromNode,
  parent: Scope | null,
  lateral: Scope | null = parent,
): BoundFrom {
  switch (node.kind) {
    case 'table': {
      if (node.systemTime !== null) {
        throw bindError(
          context,
          'SQL_UNSUPPORTED',
          'FOR SYSTEM_TIME AS OF is supported on the right side of a join only.',
          node.systemTime.span,
          'Read the table without it, or join it: left JOIN table FOR SYSTEM_TIME AS OF left.time ON ….',
        );
      }
      const { plan, path } = bindTable(context, node.name, node.hints, node.span);
      const name = node.name.parts.at(-1)!.name;
      return { plan, relations: [aliased(context, plan.columns, node.alias, name, path)] };
    }
    case 'derived_table': {
      const plan = bindQuery(context, node.query, node.lateral ? lateral : parent);
      return { plan, relations: [aliased(context, plan.columns, node.alias, null)] };
    }
    case 'table_function':
      if (isWindowTable(node)) return bindWindowTable(context, node, parent);
      if (isOverTables(context, node)) return bindTableFunction(context, node, parent);
      return bindLateral(context, node, { plan: oneRow(context), relations: [] }, lateral, false);
    case 'unnest':
      return bindLateral(context, node, { plan: oneRow(context), relations: [] }, lateral, false);
    case 'join':
      return bindJoin(context, node, parent, lateral);
  }
}

function bindJoin(
  context: BindContext,
  node: JoinNode,
  parent: Scope | null,
  lateral: Scope | null,
): BoundFrom {
  const left = bindFrom(context, node.left, parent, lateral);
  const systemTime = systemTimeOf(node);
  if (systemTime === null) return bindPlainJoin(context, node, left, { parent, lateral });
  const right = { ...(node.right as Extract<FromNode, { kind: 'table' }>), systemTime: null };
  if (node.natural || node.using !== null) {
    const message = 'A temporal join takes ON, not USING or NATURAL.';
    throw bindError(context, 'SQL_UNSUPPORTED', message, node.span, 'Write ON left.column = right.column.');
  }
  const { plan, relations } = bindPlainJoin(context, { ...node, right }, left, { parent, lateral });
  const scope = { relations: left.relations, parent };
  return { plan: temporalJoin(context, plan as Join, systemTime, scope, relations.at(-1)!.name), relations };
}

function bindPlainJoin(
  context: BindContext,
  node: JoinNode,
  left: BoundFrom,
  { parent, lateral }: Outer,
): BoundFrom {
  if (node.right.kind === 'unnest' || isLateralCall(context, node.right)) {
    return bindLateralJoin(context, node, node.right, left, { parent, lateral });
  }
  const right = bindFrom(context, node.right, parent, { relations: left.relations, parent: lateral });
  if (node.type === 'right' || node.type === 'full') refuseKept(context, node, left, right);
  const type = node.type === 'cross' || node.type === 'comma' ? 'inner' : node.type;
  const join = { ...joinOf(node, type, left, right), ...joinTtl(context, left.relations, right.relations) };
  const relations = retyped([...left.relations, ...right.relations], join.columns);
  if (node.natural || node.using !== null) {
    return mergeColumns(context, node, { ...join, type }, { left, right, relations });
  }
  if (node.on === null) return { plan: join, relations };
  const condition = bindCondition(plainContext(context, { relations, parent }, 'ON'), node.on);
  return { plan: { ...join, condition }, relations };
}

/** Rows that are kept without a partner cannot be computed from one. */
function refuseKept(context: BindContext, node: JoinNode, left: BoundFrom, right: BoundFrom): void {
  const read = outerColumns(right.plan);
  if (!left.plan.columns.some((column) => read.has(column.id))) return;
  const word = node.type.toUpperCase();
  throw bindError(
    context,
    'SQL_INVALID',
    `LATERAL on the right of ${word} JOIN cannot read what stands left of it.`,
    node.right.span,
    'INNER, CROSS and LEFT JOIN can. Or move the condition to ON and leave LATERAL out.',
  );
}

function isLateralCall(
  context: BindContext,
  node: FromNode,
): node is Extract<FromNode, { kind: 'table_function' }> {
  if (node.kind !== 'table_function' || isWindowTable(node)) return false;
  return node.lateral || !isOverTables(context, node);
}

function bindLateralJoin(
  context: BindContext,
  node: JoinNode,
  right: Extract<FromNode, { kind: 'table_function' | 'unnest' }>,
  left: BoundFrom,
  { parent, lateral }: Outer,
): BoundFrom {
  if (node.type === 'right' || node.type === 'full' || node.natural || node.using !== null) {
    const message = 'A table function can be joined with INNER, CROSS or LEFT JOIN … ON TRUE only.';
    throw bindError(context, 'SQL_INVALID', message, node.span);
  }
  const isLeft = node.type === 'left';
  const joined = bindLateral(context, right, left, lateral, isLeft);
  if (node.on === null) return joined;
  const scope: Scope = { relations: joined.relations, parent };
  const condition = bindCondition(plainContext(context, scope, 'ON'), node.on);
  if (isTrueLiteral(condition)) return joined;
  if (isLeft) {
    throw bindError(
      context,
      'SQL_UNSUPPORTED',
      'LEFT JOIN with a table function takes ON TRUE only.',
      node.on.span,
      'Move the condition into the function, or into WHERE of a query around the join.',
    );
  }
  return { plan: filteredBy(joined.plan, [condition]), relations: joined.relations };
}

function joinOf(node: JoinNode, type: Join['type'], left: BoundFrom, right: BoundFrom): Join {
  const leftNullable = type === 'right' || type === 'full';
  const rightNullable = type === 'left' || type === 'full';
  const padded = (columns: readonly PlanColumn[], isPadded: boolean) =>
    isPadded ? columns.map((column) => ({ ...column, type: withNullable(column.type, true) })) : columns;
  return {
    kind: 'join',
    type,
    left: left.plan,
    right: right.plan,
    condition: null,
    columns: [...padded(left.plan.columns, leftNullable), ...padded(right.plan.columns, rightNullable)],
    span: node.span,
  };
}

/** The relations with the types that the join gives their columns. */
function retyped(relations: readonly Relation[], columns: readonly PlanColumn[]): Relation[] {
  const types = new Map(columns.map((column) => [column.id, column.type]));
  return relations.map((relation) => ({
    ...relation,
    columns: relation.columns.map((column) => ({ ...column, type: types.get(column.id) ?? column.type })),
  }));
}
