/** The select list: stars expanded, names given. */

import type { Expression } from '../../plan/expression.js';
import { columnOf } from '../../plan/expression-builders.js';
import type { PlanColumn } from '../../plan/logical-plan.js';
import { typeToText } from '../../types/type-text.js';
import type { SelectItem, StarNode } from '../ast.js';
import type { Span } from '../span.js';
import { bindError, nearHint } from './bind-context.js';
import { bindExpression } from './expression.js';
import type { ExpressionContext } from './expression-context.js';
import { bindField, relationNamed, visibleColumns } from './scope.js';

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
    if (value.kind === 'field_star') {
      selected.push(...fieldColumns(at, bindExpression(at, value.base), value.span));
      continue;
    }
    const expression = bindExpression(at, value);
    if (alias === null && isUnnested(at, expression)) {
      selected.push(...fieldColumns(at, expression, value.span));
      continue;
    }
    const own =
      value.kind === 'name' ? value.parts.at(-1)!.name : value.kind === 'field' ? value.field.name : null;
    selected.push({ name: alias?.name ?? own ?? `EXPR$${selected.length}`, expression });
  }
  return selected;
}

/** True for a call of a function that declares `unnest`. */
function isUnnested(at: ExpressionContext, expression: Expression): boolean {
  if (expression.kind !== 'python_call') return false;
  return at.context.functions.declaration(expression.function)?.options['unnest'] === true;
}

/** The fields of a ROW; the value itself stays one expression, so that a call in it is made once. */
function fieldColumns(at: ExpressionContext, base: Expression, span: Span): SelectedItem[] {
  const { type } = base;
  if (type.kind !== 'ROW') {
    const message = `Only a ROW has fields to select with .*, and this is ${typeToText({ ...type, nullable: true })}.`;
    throw bindError(
      at.context,
      'SQL_INVALID',
      message,
      span,
      'Declare the result as a ROW, or leave .* out.',
    );
  }
  return type.fields.map(({ name }) => ({
    name,
    expression: bindField(at.context, base, { name, span: base.span ?? span }),
  }));
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
