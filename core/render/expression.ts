/** Bound expressions as DuckDB SQL that means what Flink means. */
import { InternalError } from '../errors.js';
import type { AggregateContext } from '../functions/aggregate-function.js';
import { aggregateById, scalarById, windowById } from '../functions/builtins.js';
import type { AggregateCall, Expression, FrameBound, LiteralValue, WindowFrame } from '../plan/expression.js';
import { hasSubquery, hasVolatileCall } from '../plan/expression-facts.js';
import type { LogicalPlan, SortKey } from '../plan/logical-plan.js';
import { toDuckDbType } from '../types/arrow-type.js';
import { renderCast } from './cast.js';
import { type FailureScope, failureAt, failureOf } from './failure.js';
import { renderLiteral } from './literal.js';
import { renderOnce } from './once.js';
import { operand, quoteIdentifier } from './sql-text.js';

/** What an expression is rendered in. */
export interface ExpressionScope extends FailureScope {
  /** SQL of a subquery, as a SELECT without parentheses, its columns in the order of the plan's. */
  readonly subquery: (plan: LogicalPlan) => string;
}

/**
 * DuckDB SQL of an expression without Python calls; `columnName` gives the SQL of a column by its id.
 * @throws {InternalError} where a Python call or a subquery is left in it: the planner takes them out.
 */
export function renderExpression(expression: Expression, columnName: (id: string) => string): string {
  return renderIn(expression, {
    column: columnName,
    place: () => null,
    subquery: () => {
      throw new InternalError('INTERNAL', 'A subquery reached the renderer of plain expressions.');
    },
  });
}

/** DuckDB SQL of an expression in a scope that knows subqueries. */
export function renderIn(expression: Expression, scope: ExpressionScope): string {
  switch (expression.kind) {
    case 'column':
      return scope.column(expression.id);
    case 'literal':
      return renderLiteral(expression.value, expression.type);
    case 'call':
      return renderCall(expression, scope);
    case 'cast': {
      const { argument, type, safe } = expression;
      return renderOnce([renderIn(argument, scope)], [isWrittenOnce(argument)], ([sql]) =>
        renderCast(sql!, argument.type, type, safe ? null : failureOf(expression, scope)),
      );
    }
    case 'case':
      return renderCase(expression, scope);
    case 'field':
      return `${operand(renderIn(expression.base, scope))}.${quoteIdentifier(expression.name)}`;
    case 'subquery':
      return renderSubquery(expression, scope);
    case 'window_call':
      return renderWindowCall(expression, scope);
    case 'python_call':
      throw new InternalError(
        'INTERNAL',
        `The Python function ${expression.function} reached the SQL renderer.`,
      );
  }
}

type Of<K extends Expression['kind']> = Extract<Expression, { readonly kind: K }>;

function renderCall(call: Of<'call'>, scope: ExpressionScope): string {
  const entry = scalarById(call.function);
  if (entry === undefined)
    throw new InternalError('INTERNAL', `Unknown built-in ${call.function} in a plan.`);
  const operands = flattened(call);
  const failure = failureOf(call, scope);
  const facts = { ...argumentFacts(call.arguments), resultType: call.type, failure };
  return renderOnce(
    operands.map((arg) => renderIn(arg, scope)),
    operands.map(isWrittenOnce),
    (args) => entry.render(args, facts),
  );
}

/** True for what may not be evaluated twice, or costs too much twice. */
function isWrittenOnce(operand: Expression): boolean {
  return hasSubquery(operand) || hasVolatileCall(operand);
}

/** Operands of nested AND, or of nested OR, side by side. */
function flattened(call: Of<'call'>): readonly Expression[] {
  if (call.function !== 'AND' && call.function !== 'OR') return call.arguments;
  return call.arguments.flatMap((arg) =>
    arg.kind === 'call' && arg.function === call.function ? flattened(arg) : [arg],
  );
}

function argumentFacts(args: readonly Expression[]): Pick<AggregateContext, 'argumentTypes' | 'literals'> {
  return {
    argumentTypes: args.map((arg) => arg.type),
    literals: args.map((arg): LiteralValue | undefined => (arg.kind === 'literal' ? arg.value : undefined)),
  };
}

function renderCase(expression: Of<'case'>, scope: ExpressionScope): string {
  const branches = expression.branches.map(
    ({ when, then }) => `WHEN ${renderIn(when, scope)} THEN ${renderIn(then, scope)}`,
  );
  const otherwise = expression.otherwise === null ? '' : ` ELSE ${renderIn(expression.otherwise, scope)}`;
  return `CASE ${branches.join(' ')}${otherwise} END`;
}

function renderSubquery(expression: Of<'subquery'>, scope: ExpressionScope): string {
  const query = `(${scope.subquery(expression.plan)})`;
  const not = expression.negated ? 'NOT ' : '';
  if (expression.form === 'scalar') return query;
  if (expression.form === 'exists') return `${not}EXISTS ${query}`;
  const operands = expression.operands.map((item) => renderIn(item, scope));
  const left = operands.length === 1 ? operand(operands[0]!) : `(${operands.join(', ')})`;
  return `${left} ${not}IN ${query}`;
}

function renderWindowCall(call: Of<'window_call'>, scope: ExpressionScope): string {
  const args = call.arguments.map((arg) => renderIn(arg, scope));
  const ranking = windowById(call.function);
  const over = renderOver(call, ranking === undefined, scope);
  if (ranking !== undefined) return `${ranking.render(args)} OVER (${over})`;
  return renderAggregateText(call.function, args, {
    ...argumentFacts(call.arguments),
    resultType: call.type,
    distinct: call.distinct,
    orderBy: null,
    filter: null,
    over,
    failure: failureAt(call.span, scope),
  });
}

/** An aggregate call of GROUP BY. */
export function renderAggregate(call: AggregateCall, scope: ExpressionScope): string {
  const args = call.arguments.map((arg) => renderIn(arg, scope));
  return renderAggregateText(call.function, args, {
    ...argumentFacts(call.arguments),
    resultType: call.type,
    distinct: call.distinct,
    orderBy: call.withinGroup.length === 0 ? null : renderSortKeys(call.withinGroup, scope),
    filter: call.filter === null ? null : renderIn(call.filter, scope),
    over: null,
    failure: failureAt(call.span, scope),
  });
}

function renderAggregateText(id: string, args: readonly string[], context: AggregateContext): string {
  const entry = aggregateById(id);
  if (entry === undefined)
    throw new InternalError('INTERNAL', `Unknown aggregate ${id} in a relational plan.`);
  return entry.render(args, context);
}

function renderOver(call: Of<'window_call'>, framed: boolean, scope: ExpressionScope): string {
  const parts: string[] = [];
  if (call.partitionBy.length > 0) {
    parts.push(`PARTITION BY ${call.partitionBy.map((e) => renderIn(e, scope)).join(', ')}`);
  }
  if (call.orderBy.length > 0) parts.push(`ORDER BY ${renderSortKeys(call.orderBy, scope)}`);
  if (framed && call.frame !== null) parts.push(renderFrame(call.frame, scope));
  return parts.join(' ');
}

const BOUNDS = {
  unbounded_preceding: 'UNBOUNDED PRECEDING',
  unbounded_following: 'UNBOUNDED FOLLOWING',
  current_row: 'CURRENT ROW',
} as const;

function renderFrame(frame: WindowFrame, scope: ExpressionScope): string {
  const bound = (b: FrameBound): string => {
    if (b.kind !== 'preceding' && b.kind !== 'following') return BOUNDS[b.kind];
    return `${renderOffset(b.offset, scope)} ${b.kind.toUpperCase()}`;
  };
  return `${frame.unit} BETWEEN ${bound(frame.start)} AND ${bound(frame.end)}`;
}

/** Intervals are numbers elsewhere; RANGE over a timestamp needs DuckDB's INTERVAL. */
function renderOffset(offset: Expression, scope: ExpressionScope): string {
  const sql = renderIn(offset, scope);
  if (offset.type.kind === 'INTERVAL_DAY_TIME') return `to_milliseconds(${sql})`;
  if (offset.type.kind === 'INTERVAL_YEAR_MONTH') return `to_months(${sql})`;
  return sql;
}

/** An ORDER BY list; NULLs are placed as the keys say. */
export function renderSortKeys(keys: readonly SortKey[], scope: ExpressionScope): string {
  return keys
    .map(({ expression, descending, nullsFirst }) => {
      const sql = renderIn(expression, scope);
      const key = /^\d+$/.test(sql) ? `CAST(${sql} AS ${toDuckDbType(expression.type)})` : sql;
      return `${key}${descending ? ' DESC' : ''} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`;
    })
    .join(', ');
}
