/** LIMIT for all outer values at once: so many rows for each of them. */
import type { Expression } from '../../plan/expression.js';
import { columnOf, literalOf, predicate } from '../../plan/expression-builders.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { extendedBy, filteredBy, narrowedTo } from '../../plan/plan-builders.js';
import { types } from '../../types/types.js';
import type { DependentContext } from './dependent-context.js';
import { inKeys } from './keys.js';
import type { Keyed } from './outer-values.js';

/** Rows are numbered within their outer values, in the order of the ORDER BY below the LIMIT. */
export function limitForAll(context: DependentContext, plan: Extract<LogicalPlan, { kind: 'limit' }>): Keyed {
  const sort = plan.input.kind === 'sort' ? plan.input : null;
  const { plan: input, keys } = context.forAll(sort?.input ?? plan.input);
  const type = types.notNull(types.bigint());
  const number = context.ids.column('row_number', type);
  const numbered = extendedBy(input, [
    {
      column: number,
      expression: {
        kind: 'window_call',
        function: 'ROW_NUMBER',
        arguments: [],
        partitionBy: keys.map((key) => columnOf(key)),
        orderBy: (sort?.keys ?? []).map((key) => ({
          ...key,
          expression: inKeys(context, key.expression, keys),
        })),
        frame: null,
        distinct: false,
        python: null,
        type,
        span: plan.span,
      },
    },
  ]);
  const at = columnOf(number);
  const bounds: Expression[] = [];
  if (plan.offset > 0) bounds.push(predicate('>', [at, literalOf(plan.offset, type)]));
  if (plan.count !== null) bounds.push(predicate('<=', [at, literalOf(plan.offset + plan.count, type)]));
  return { plan: narrowedTo(filteredBy(numbered, bounds), input.columns), keys };
}
