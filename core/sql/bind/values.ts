/** VALUES, and the single row that a SELECT without FROM reads. */
import { trueLiteral } from '../../plan/expression-builders.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { singleRow } from '../../plan/plan-builders.js';
import type { ValuesNode } from '../ast.js';
import { type BindContext, bindError } from './bind-context.js';
import { coerceAll } from './coerce.js';
import { bindExpression } from './expression.js';
import { plainContext } from './expression-context.js';
import { EMPTY_SCOPE, type Scope } from './scope.js';

/** Rows of equal width; each column takes the type its items share and is called EXPR$0, EXPR$1, … */
export function bindValues(context: BindContext, node: ValuesNode, parent: Scope | null): LogicalPlan {
  const at = plainContext(context, parent ?? EMPTY_SCOPE, 'VALUES');
  const width = node.rows[0]!.items.length;
  const rows = node.rows.map((row) => {
    if (row.items.length !== width) {
      const message = `This row has ${row.items.length} item(s), the first has ${width}.`;
      throw bindError(context, 'SQL_INVALID', message, row.span);
    }
    return row.items.map((item) => bindExpression(at, item));
  });
  const items = Array.from({ length: width }, (_, i) =>
    coerceAll(
      context,
      rows.map((row) => row[i]!),
      `Column ${i + 1} of VALUES`,
    ),
  );
  return {
    kind: 'values',
    rows: rows.map((_, r) => items.map((item) => item.expressions[r]!)),
    columns: items.map((item, i) => context.ids.column(`EXPR$${i}`, item.type)),
    span: node.span,
  };
}

/** One row. */
export function oneRow(context: BindContext): LogicalPlan {
  const value = trueLiteral();
  return singleRow(context.ids.column('row', value.type), value);
}
