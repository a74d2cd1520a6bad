/** The check of a NOT NULL column of a sink: INSERT puts it there, no name of SQL calls it. */

import type { Expression } from '../../plan/expression.js';
import { type BuiltinCall, columnOf, literalOf } from '../../plan/expression-builders.js';
import type { PlanColumn } from '../../plan/logical-plan.js';
import { quoteString } from '../../render/sql-text.js';
import { types, withNullable } from '../../types/types.js';
import { internal } from '../define.js';
import type { RenderCall, ScalarFunction } from '../scalar-function.js';

const ID = 'CHECK_NOT_NULL';
/** Longest text of a row in the message. */
const ROW_CHARACTERS = 300;

/** `column`, or the failure of the job where it is NULL; `row` is shown then, under the names of `table`. */
export function checkNotNull(
  column: PlanColumn,
  name: string,
  table: string,
  row: readonly { readonly column: PlanColumn; readonly name: string }[],
): Expression {
  const text = (value: string) => literalOf(value, types.string());
  return {
    kind: 'call',
    function: ID,
    arguments: [
      columnOf(column),
      text(name),
      text(table),
      ...row.flatMap((each) => [text(each.name), columnOf(each.column)]),
    ],
    type: withNullable(column.type, false),
    span: null,
  };
}

/** True for what `checkNotNull` gives. */
export function isNotNullCheck(expression: Expression): expression is BuiltinCall {
  return expression.kind === 'call' && expression.function === ID;
}

const render: RenderCall = ([value, , , ...pairs], { literals }) => {
  const [, name, table] = literals;
  const fields = pairs.flatMap((each, i) =>
    i % 2 === 1 ? [`${quoteString(String(literals[i + 2]))}: ${each}`] : [],
  );
  const begin = quoteString(`NOT NULL|${name}|${table}|`);
  return `coalesce(${value}, error(concat(${begin}, left(CAST({${fields.join(', ')}} AS VARCHAR), ${ROW_CHARACTERS}))))`;
};

/** Entries of this topic. */
export const notNullFunctions: readonly ScalarFunction[] = [internal(ID, render)];
