/** The select list: stars expanded, names given. */

import type { Expression } from '../../plan/expression.js';
import { columnOf } from '../../plan/expression-builders.js';
import type { PlanColumn } from '../../plan/logical-plan.js';
import type { SelectItem, StarNode } from '../ast.js';
import { bindError, nearHint } from './bind-context.js';
import { bindExpression } from './expression.js';
import type { ExpressionContext } from './expression-context.js';
import { relationNamed, visibleColumns } from './scope.js';

/** An output of a SELECT. */
export interface SelectedItem {
  readonly name: string;
  readonly expression: Expression;
}

/** Outputs in order. What has neither alias nor name is called EXPR$ with its position from 0. */
export function bindSelectList(at: ExpressionContext, items: readonly SelectItem[]): SelectedItem[] {
  const selected: SelectedItem[] = [];
  for (const { value, alias } of items) {
    if (value.kind === 'star') {
      for (const column of starColumns(at, value)) {
        selected.push({ name: column.name, expression: columnOf(column, value.span) });
      }
      continue;
    }
    const expression = bindExpression(at, value);
    const own =
      value.kind === 'name' ? value.parts.at(-1)!.name : value.kind === 'field' ? value.field.name : null;
    selected.push({ name: alias?.name ?? own ?? `EXPR$${selected.length}`, expression });
  }
  return selected;
}

function starColumns(at: ExpressionContext, star: StarNode): readonly PlanColumn[] {
  const { scope, context } = at;
  if (star.qualifier === null) {
    const columns = visibleColumns(scope.relations);
    if (columns.length > 0) return columns;
    throw bindError(context, 'SQL_INVALID', 'SELECT * needs a FROM.', star.span);
  }
  const relation = relationNamed(scope, star.qualifier);
  if (relation !== null) return relation.columns;
  const name = star.qualifier.parts.map((part) => part.name).join('.');
  const names = scope.relations.flatMap((r) => (r.name === null ? [] : [r.name]));
  const hint = nearHint(name, names, 'Tables here');
  throw bindError(context, 'SQL_UNKNOWN_TABLE', `There is no table '${name}' in FROM.`, star.span, hint);
}
