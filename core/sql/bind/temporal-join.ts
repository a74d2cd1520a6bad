/** JOIN … FOR SYSTEM_TIME AS OF: each row beside the version of a table at its time. */
import { conjunction, conjunctsOf, equalSides } from '../../plan/conjuncts.js';
import type { Expression } from '../../plan/expression.js';
import { columnOf } from '../../plan/expression-builders.js';
import { referencedColumns } from '../../plan/expression-facts.js';
import type { LogicalPlan, PlanColumn } from '../../plan/logical-plan.js';
import {
  extendedBy,
  filteredBy,
  idsOf,
  type Join,
  narrowedTo,
  projectOf,
  type TemporalJoin,
} from '../../plan/plan-builders.js';
import { isAnyTime, isProcessingTime } from '../../plan/processing-time.js';
import { type VersionedTable, versionedTable } from '../../plan/versioned-table.js';
import { withNullable } from '../../types/types.js';
import type { ExpressionNode, FromNode } from '../ast.js';
import { type BindContext, bindError } from './bind-context.js';
import { bindExpression } from './expression.js';
import { plainContext } from './expression-context.js';
import { lookupJoin } from './lookup-join.js';
import type { Scope } from './scope.js';

/** The time that the right side of a join is read as of; null for every other join. */
export function systemTimeOf({ right }: Extract<FromNode, { kind: 'join' }>): ExpressionNode | null {
  return right.kind === 'table' ? right.systemTime : null;
}

/**
 * The join as a temporal one. Its condition finds the version by the key of the table; what else it says decides
 * whether that version is met.
 * @param scope the names of the left side, which the time is one of
 * @param name what the right side is called
 * @throws {SqlError} where there are no versions, or no time to look one up at
 */
export function temporalJoin(
  context: BindContext,
  join: Join,
  systemTime: ExpressionNode,
  scope: Scope,
  name: string | null,
): LogicalPlan {
  const { type, span } = join;
  if (type !== 'inner' && type !== 'left') {
    const message = `A temporal join is INNER or LEFT, not ${type.toUpperCase()}.`;
    throw bindError(
      context,
      'SQL_UNSUPPORTED',
      message,
      systemTime.span,
      'Put the versioned table on the right.',
    );
  }
  const time = timeOf(context, join, systemTime, scope);
  if (isProcessingTime(join.left, time)) return lookupJoin(context, join, systemTime, name);
  const table = tableOf(context, join, systemTime);
  const { keys, others } = keysOf(context, join, table, systemTime);
  const conditions = [...others, ...table.conditions];
  const versionTime = table.plan.columns.find((column) => column.id === table.time)!;
  if (versionTime.type.kind !== time.type.kind) {
    const message =
      'A temporal join compares time attributes of one type: both TIMESTAMP, or both TIMESTAMP_LTZ.';
    throw bindError(context, 'SQL_TYPE', message, systemTime.span);
  }
  const joined: TemporalJoin = {
    kind: 'temporal_join',
    type,
    left: join.left,
    right: table.plan,
    keys,
    time,
    versionTime: columnOf(versionTime),
    dropsOlder: table.dropsOlder,
    columns: [...join.left.columns, ...asPadded(table.plan.columns, type)],
    span,
  };
  return type === 'inner'
    ? narrowedTo(filteredBy(joined, conditions), join.columns)
    : seenWhere(context, joined, conjunction(conditions), join);
}

/** The expression that names a time of the left side. */
function timeOf(context: BindContext, join: Join, systemTime: ExpressionNode, scope: Scope): Expression {
  const time = bindExpression(plainContext(context, scope, 'FOR SYSTEM_TIME AS OF'), systemTime);
  if (time.kind === 'column' && isAnyTime(join.left, time)) return time;
  throw bindError(
    context,
    'SQL_UNSUPPORTED',
    'A temporal join takes FOR SYSTEM_TIME AS OF a time attribute of its left side only.',
    systemTime.span,
    'Name the column that WATERMARK of the left table is on, or one that it computes AS PROCTIME().',
  );
}

function tableOf(context: BindContext, join: Join, systemTime: ExpressionNode): VersionedTable {
  const table = versionedTable(join.right);
  if (table !== null) return table;
  throw bindError(
    context,
    'SQL_INVALID',
    'A temporal join requires a primary key and a time attribute in the versioned table.',
    systemTime.span,
    'Give the table PRIMARY KEY (…) NOT ENFORCED and WATERMARK FOR its time, or make a view of the last row of ' +
      'each key: ROW_NUMBER() OVER (PARTITION BY … ORDER BY … DESC) = 1.',
  );
}

interface Condition {
  readonly keys: TemporalJoin['keys'];
  readonly others: readonly Expression[];
}

function keysOf(context: BindContext, join: Join, table: VersionedTable, at: ExpressionNode): Condition {
  const left = idsOf(join.left.columns);
  const found = new Map<string, TemporalJoin['keys'][number]>();
  const others: Expression[] = [];
  for (const conjunct of conjunctsOf(join.condition)) {
    const key = keyIn(conjunct, table.keys, left);
    if (key === null || found.has(key.right.id)) others.push(conjunct);
    else found.set(key.right.id, key);
  }
  const missing = table.plan.columns.find(({ id }) => table.keys.includes(id) && !found.has(id));
  if (missing === undefined) return { keys: [...found.values()], others };
  throw bindError(
    context,
    'SQL_INVALID',
    `A temporal join requires its ON to compare the primary key of the versioned table: ${missing.name} is not.`,
    join.span ?? at.span,
    `Add ${missing.name} = … to ON.`,
  );
}

function keyIn(conjunct: Expression, keys: readonly string[], left: ReadonlySet<string>) {
  for (const [own, other] of equalSides(conjunct)) {
    const isLeft = [...referencedColumns(own)].every((id) => left.has(id));
    if (isLeft && other.kind === 'column' && keys.includes(other.id)) return { left: own, right: other };
  }
  return null;
}

/** LEFT: a version that does not meet the condition is not seen, the row stays. */
function seenWhere(
  context: BindContext,
  joined: TemporalJoin,
  condition: Expression | null,
  join: Join,
): LogicalPlan {
  if (condition === null) return narrowedTo(joined, join.columns);
  const seen = context.ids.column('seen', condition.type);
  const right = idsOf(joined.right.columns);
  const expressions = join.columns.map((column): Expression => {
    if (!right.has(column.id)) return columnOf(column);
    const then = columnOf(column);
    return {
      kind: 'case',
      branches: [{ when: columnOf(seen), then }],
      otherwise: null,
      type: column.type,
      span: null,
    };
  });
  const tested = extendedBy(joined, [{ column: seen, expression: condition }]);
  return projectOf(tested, join.columns, expressions);
}

function asPadded(columns: readonly PlanColumn[], type: 'inner' | 'left'): readonly PlanColumn[] {
  if (type === 'inner') return columns;
  return columns.map((column) => ({ ...column, type: withNullable(column.type, true) }));
}
