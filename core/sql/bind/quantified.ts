/** `x op ANY | ALL (…)`: over a list by AND and OR, over a query by its extremes. */

import { resolveAggregate } from '../../functions/builtins.js';
import type { AggregateCall, Expression } from '../../plan/expression.js';
import { columnOf, literalOf } from '../../plan/expression-builders.js';
import { callsPython, isNondeterministic, outerColumns } from '../../plan/expression-facts.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { filteredBy, projectOf } from '../../plan/plan-builders.js';
import { mustBeShared } from '../../plan/plan-cost.js';
import { types, withNullable } from '../../types/types.js';
import type { ComparisonOperator, ExpressionNode, QueryNode } from '../ast.js';
import type { Span } from '../span.js';
import { bindError } from './bind-context.js';
import { argumentOf, callBuiltin, coerced, resolveOrThrow } from './builtin-call.js';
import { readRepeatedly } from './common-tables.js';
import { bindExpression } from './expression.js';
import type { ExpressionContext } from './expression-context.js';
import { OPPOSITE } from './negation.js';
import { bindQuery } from './query.js';
import { bindInQuery } from './subquery.js';

type Quantified = Extract<ExpressionNode, { kind: 'quantified' }>;

/** SOME is ANY; `= ANY` is IN, and `x op ALL` is `NOT (x opposite ANY)`. */
export function bindQuantified(at: ExpressionContext, node: Quantified): Expression {
  const { operator, quantifier, operand, query, items, span } = node;
  if (items !== null) {
    const parts = items.map((item) =>
      callBuiltin(at.context, operator, [bindExpression(at, operand), bindExpression(at, item)], span),
    );
    const word = quantifier === 'ANY' ? 'OR' : 'AND';
    return parts.reduce((all, part) => callBuiltin(at.context, word, [all, part], span));
  }
  const positive = quantifier === 'ANY' ? operator : OPPOSITE[operator];
  if (positive === '=') return bindInQuery(at, operand, query!, quantifier === 'ALL', span);
  if (operand.kind === 'row') {
    const message = `${operator} ${quantifier} does not compare rows with a query.`;
    throw bindError(at.context, 'SQL_UNSUPPORTED', message, span, 'Use [NOT] EXISTS (SELECT … WHERE …).');
  }
  const any = { operator: positive, written: operator, operand: bindExpression(at, operand), query: query! };
  const found = bindAny(at, { ...any, span });
  return quantifier === 'ANY' ? found : callBuiltin(at.context, 'NOT', [found], span);
}

/** The extremes of the query of which one compares as asked where any of its rows does. */
const EXTREMES: Readonly<Record<Exclude<ComparisonOperator, '='>, readonly ('MIN' | 'MAX')[]>> = {
  '<': ['MAX'],
  '<=': ['MAX'],
  '>': ['MIN'],
  '>=': ['MIN'],
  '<>': ['MIN', 'MAX'],
};

interface Any {
  readonly operator: Exclude<ComparisonOperator, '='>;
  /** The operator of the text, for messages. */
  readonly written: ComparisonOperator;
  readonly operand: Expression;
  readonly query: QueryNode;
  readonly span: Span;
}

function bindAny(at: ExpressionContext, any: Any): Expression {
  const { context, scope } = at;
  const bind = () => bindQuery(context, any.query, scope);
  const plan = bind();
  if (plan.columns.length !== 1) {
    const message = `A value is compared with a query of one column, but this has ${plan.columns.length}.`;
    throw bindError(context, 'SQL_INVALID', message, any.span);
  }
  callBuiltin(context, any.written, [any.operand, columnOf(plan.columns[0]!)], any.span);
  if (outerColumns(plan).size === 0) return anyOf(at, any, readRepeatedly(context, plan, bind));
  if (!callsPython(any.operand) && !isNondeterministic(any.operand)) return anyOfCorrelated(at, any, plan);
  if (!mustBeShared(plan)) return anyOf(at, any, bind);
  const message =
    'Functions on both sides of a comparison with a correlated query are not called once a row.';
  throw bindError(
    context,
    'SQL_UNSUPPORTED',
    message,
    any.span,
    'Compute one of them in a subquery of FROM.',
  );
}

/** `EXISTS (query) AND (x op extreme OR CASE WHEN EXISTS (query WHERE y IS NULL) THEN NULL ELSE FALSE END)`. */
function anyOf(at: ExpressionContext, { operator, operand, span }: Any, rows: () => LogicalPlan): Expression {
  const call = (name: string, ...args: Expression[]) => callBuiltin(at.context, name, args, span);
  const found = EXTREMES[operator]
    .map((extreme) => call(operator, operand, extremeOf(at, extreme, rows(), span)))
    .reduce((a, b) => call('OR', a, b));
  const exists = subqueryOf('exists', rows(), span);
  const all = rows();
  if (!all.columns[0]!.type.nullable) return call('AND', exists, found);
  const nulls = filteredBy(all, [call('IS NULL', columnOf(all.columns[0]!))]);
  const unknown: Expression = {
    kind: 'case',
    // biome-ignore lint/suspicious/noThenProperty: a branch of CASE, never awaited
    branches: [{ when: subqueryOf('exists', nulls, span), then: literalOf(null, types.boolean()) }],
    otherwise: literalOf(false, types.boolean()),
    type: types.boolean(),
    span,
  };
  return call('AND', exists, call('OR', found, unknown));
}

/**
 * One subquery, for its rows belong to one outer row: the greatest of 2 where a row compares as asked, 1 where that is
 * not known and 0; no row is 0 too.
 */
function anyOfCorrelated(
  at: ExpressionContext,
  { operator, operand, span }: Any,
  plan: LogicalPlan,
): Expression {
  const int = types.notNull(types.int());
  const number = (value: number) => literalOf(value, int, span);
  const call = (name: string, ...args: Expression[]) => callBuiltin(at.context, name, args, span);
  const holds = call(operator, operand, columnOf(plan.columns[0]!));
  const compared = at.context.ids.column('compared', holds.type);
  const degree: Expression = {
    kind: 'case',
    branches: [
      // biome-ignore lint/suspicious/noThenProperty: a branch of CASE, never awaited
      { when: columnOf(compared), then: number(2) },
      // biome-ignore lint/suspicious/noThenProperty: a branch of CASE, never awaited
      { when: call('IS NULL', columnOf(compared)), then: number(1) },
    ],
    otherwise: number(0),
    type: int,
    span,
  };
  const degrees = projectOf(
    projectOf(plan, [compared], [holds]),
    [at.context.ids.column('degree', int)],
    [degree],
  );
  const most = call('COALESCE', extremeOf(at, 'MAX', degrees, span), number(0));
  return call('=', call('NULLIF', most, number(1)), number(2));
}

/** `(SELECT MIN(y) FROM rows)`. */
function extremeOf(at: ExpressionContext, name: 'MIN' | 'MAX', rows: LogicalPlan, span: Span): Expression {
  const args = [columnOf(rows.columns[0]!)];
  const resolved = resolveOrThrow(at.context, span, () =>
    resolveAggregate(name, args.map(argumentOf), false),
  );
  const call: AggregateCall = {
    kind: 'aggregate_call',
    function: resolved.id,
    python: false,
    arguments: coerced(args, resolved),
    argumentNames: [null],
    distinct: false,
    filter: null,
    withinGroup: [],
    type: resolved.type,
    span,
  };
  const columns = [at.context.ids.column(name, resolved.type)];
  const plan: LogicalPlan = {
    kind: 'aggregate',
    input: rows,
    groups: [],
    groupingSets: null,
    aggregates: [call],
    columns,
    span,
  };
  return subqueryOf('scalar', plan, span);
}

function subqueryOf(form: 'scalar' | 'exists', plan: LogicalPlan, span: Span): Expression {
  const type = form === 'exists' ? types.notNull(types.boolean()) : withNullable(plan.columns[0]!.type, true);
  return { kind: 'subquery', form, plan, operands: [], negated: false, type, span };
}
