/** Calls that may give another result each time, over rows that change: a row is taken back with the result it came with. */
import type { Expression } from '../../plan/expression.js';
import { columnOf, literalOf, predicate } from '../../plan/expression-builders.js';
import { isNondeterministic, referencedColumns } from '../../plan/expression-facts.js';
import { extendedBy, type NamedExpression } from '../../plan/plan-builders.js';
import { withNullable } from '../../types/types.js';
import {
  CHANGE_TYPE,
  type MadeColumn,
  operatorOver,
  passedOn,
  type Relation,
  type StreamContext,
} from './relation.js';

/**
 * The relation with a column for each of the expressions. Those that may differ from one time to the next are computed for
 * rows that come, and remembered until they go.
 */
export function settled(
  context: StreamContext,
  relation: Relation,
  added: readonly NamedExpression[],
): Relation {
  const { change, order } = relation;
  const unsettled = added.filter(({ expression }) => isNondeterministic(expression));
  if (change === null || unsettled.length === 0) {
    return { ...relation, plan: extendedBy(relation.plan, added) };
  }
  const { ids } = context.options;
  const called = unsettled.map(({ column, expression }) => ({
    column: ids.column(column.name, withNullable(expression.type, true)),
    expression: whereAdded(columnOf(change), expression),
  }));
  const others = added.filter((item) => !unsettled.includes(item));
  const rows = { ...relation, plan: extendedBy(relation.plan, [...others, ...called]) };
  const read = new Set(unsettled.flatMap(({ expression }) => [...referencedColumns(expression)]));
  const kept = rows.plan.columns.filter(
    ({ id }) =>
      id !== change.id && id !== relation.clock?.id && !called.some(({ column }) => column.id === id),
  );
  const results = unsettled.map(
    ({ column }, result): MadeColumn => ({ column, output: { kind: 'result', result } }),
  );
  const operator = {
    kind: 'settle',
    keys: [...read],
    results: called.map(({ column }) => column.id),
  } as const;
  return { ...operatorOver(context, [rows], operator, [...passedOn(kept), ...results], true), order };
}

/** The expression for rows that come: 0 and 2 are +I and +U. */
function whereAdded(change: Expression, expression: Expression): Expression {
  const kind = (value: number) => predicate('=', [change, literalOf(value, CHANGE_TYPE)]);
  return {
    kind: 'case',
    // biome-ignore lint/suspicious/noThenProperty: a branch of CASE, never awaited
    branches: [{ when: predicate('OR', [kind(0), kind(2)]), then: expression }],
    otherwise: null,
    type: withNullable(expression.type, true),
    span: expression.span,
  };
}
