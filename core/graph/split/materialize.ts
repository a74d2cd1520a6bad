/** Gives volatile built-ins (RAND, NOW) a column, so that all who use one use the same value. */

import type { ColumnIds } from '../../plan/column-ids.js';
import type { Expression } from '../../plan/expression.js';
import { columnOf } from '../../plan/expression-builders.js';
import { isVolatileCall } from '../../plan/expression-facts.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { extendedBy, type NamedExpression } from '../../plan/plan-builders.js';
import { rewriteExpression } from '../../plan/visit-expression.js';

/** `input` with a column for each volatile call in `expressions`, and the expressions reading those. */
export function materializeVolatile(
  input: LogicalPlan,
  expressions: readonly Expression[],
  ids: ColumnIds,
): { readonly input: LogicalPlan; readonly expressions: readonly Expression[] } {
  const added: NamedExpression[] = [];
  const rewritten = expressions.map((expression) =>
    rewriteExpression(expression, (e) => {
      if (!isVolatileCall(e)) return e;
      const column = ids.column(e.kind === 'call' ? e.function.toLowerCase() : 'volatile', e.type);
      added.push({ column, expression: e });
      return columnOf(column, e.span);
    }),
  );
  return { input: extendedBy(input, added), expressions: rewritten };
}
