/** Subqueries in expressions. */
import type { Expression } from '../../plan/expression.js';
import { columnOf } from '../../plan/expression-builders.js';
import { projectOf } from '../../plan/plan-builders.js';
import { commonType } from '../../types/common-type.js';
import { sameType } from '../../types/same-type.js';
import { typeToText } from '../../types/type-text.js';
import { types, withNullable } from '../../types/types.js';
import type { ExpressionNode, QueryNode } from '../ast.js';
import type { Span } from '../span.js';
import { bindError } from './bind-context.js';
import { coerce } from './coerce.js';
import { bindExpression } from './expression.js';
import type { ExpressionContext } from './expression-context.js';
import { bindQuery } from './query.js';

/** `(SELECT x …)`: NULL where it has no row. */
export function bindScalarSubquery(at: ExpressionContext, query: QueryNode, span: Span): Expression {
  const plan = bindQuery(at.context, query, at.scope);
  if (plan.columns.length !== 1) {
    const message = `A subquery used as a value has one column, but this has ${plan.columns.length}.`;
    throw bindError(at.context, 'SQL_INVALID', message, span);
  }
  const type = withNullable(plan.columns[0]!.type, true);
  return { kind: 'subquery', form: 'scalar', plan, operands: [], negated: false, type, span };
}

/** `EXISTS (…)`. */
export function bindExists(at: ExpressionContext, query: QueryNode, span: Span): Expression {
  const plan = bindQuery(at.context, query, at.scope);
  const type = types.notNull(types.boolean());
  return { kind: 'subquery', form: 'exists', plan, operands: [], negated: false, type, span };
}

/** `x [NOT] IN (SELECT …)`, `(x, y) IN (SELECT …)`; both sides take their common type. */
export function bindInQuery(
  at: ExpressionContext,
  operand: ExpressionNode,
  query: QueryNode,
  negated: boolean,
  span: Span,
): Expression {
  const { context } = at;
  const operands = (operand.kind === 'row' ? operand.items : [operand]).map((item) =>
    bindExpression(at, item),
  );
  const plan = bindQuery(context, query, at.scope);
  if (plan.columns.length !== operands.length) {
    const message = `IN compares ${operands.length} value(s) with ${plan.columns.length} column(s).`;
    throw bindError(context, 'SQL_INVALID', message, span);
  }
  const common = operands.map((left, i) => {
    const type = commonType([left.type, plan.columns[i]!.type]);
    if (type !== null) return type;
    const message = `${typeToText(left.type)} cannot be compared with ${typeToText(plan.columns[i]!.type)}.`;
    throw bindError(context, 'SQL_TYPE', message, left.span, 'Use CAST.');
  });
  const fits = plan.columns.every((column, i) => sameType(column.type, common[i]!, 'ignore'));
  const right = fits
    ? plan
    : projectOf(
        plan,
        plan.columns.map((column, i) =>
          context.ids.column(column.name, withNullable(common[i]!, column.type.nullable)),
        ),
        plan.columns.map((column, i) => coerce(columnOf(column), common[i]!)),
      );
  const nullable = [...operands, ...plan.columns].some(({ type }) => type.nullable);
  return {
    kind: 'subquery',
    form: 'in',
    plan: right,
    operands: operands.map((left, i) => coerce(left, common[i]!)),
    negated,
    type: withNullable(types.boolean(), nullable),
    span,
  };
}
