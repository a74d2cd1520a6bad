/** INTERSECT ALL and EXCEPT ALL over a stream: each row as often as the counts of both sides say. */
import { repeated } from '../../functions/builtins/repeated.js';
import { countWhere } from '../../plan/aggregate-calls.js';
import type { Expression } from '../../plan/expression.js';
import { BOOLEAN_NOT_NULL, castTo, columnOf, literalOf, predicate } from '../../plan/expression-builders.js';
import type { LogicalPlan, PlanColumn } from '../../plan/logical-plan.js';
import { filteredBy, narrowedTo, projectOf } from '../../plan/plan-builders.js';
import { types } from '../../types/types.js';
import type { StreamContext } from './relation.js';

type SetNode = Extract<LogicalPlan, { kind: 'set' }>;

/** The rows of both sides are grouped together; a group stands for so many of its rows. */
export function countedSet({ options: { ids } }: StreamContext, node: SetNode): LogicalPlan {
  const { columns, span } = node;
  const isLeft = ids.column('is_left', BOOLEAN_NOT_NULL);
  const [left, right] = [ids.column('left_rows', COUNT), ids.column('right_rows', COUNT)];
  const counted: LogicalPlan = {
    kind: 'aggregate',
    input: bothSides(node, isLeft),
    groups: columns.map((column) => columnOf(column)),
    groupingSets: null,
    aggregates: [countWhere(columnOf(isLeft)), countWhere(predicate('NOT', [columnOf(isLeft)]))],
    columns: [...columns, left, right],
    span,
  };
  const times = ids.column('times', COUNT);
  const number = numberOf(node, columnOf(left), columnOf(right));
  const numbered = projectOf(
    counted,
    [...columns, times],
    [...columns.map((column) => columnOf(column)), number],
  );
  const present = filteredBy(numbered, [predicate('>', [columnOf(times), NONE])]);
  const unnested: LogicalPlan = {
    kind: 'unnest',
    input: present,
    collection: repeated(columnOf(times)),
    withOrdinality: false,
    outer: false,
    columns: [...present.columns, ids.column('copy', BOOLEAN_NOT_NULL)],
    span,
  };
  return narrowedTo(unnested, columns);
}

const COUNT = types.notNull(types.bigint());
const NONE = literalOf('0', COUNT);

/** Zero or less where no row is left. */
function numberOf({ operator }: SetNode, left: Expression, right: Expression): Expression {
  if (operator === 'except') {
    return { kind: 'call', function: '-', arguments: [left, right], type: COUNT, span: null };
  }
  return {
    kind: 'case',
    // biome-ignore lint/suspicious/noThenProperty: a branch of CASE, never awaited
    branches: [{ when: predicate('<', [left, right]), then: left }],
    otherwise: right,
    type: COUNT,
    span: null,
  };
}

function bothSides({ left, right, columns, span }: SetNode, isLeft: PlanColumn): LogicalPlan {
  const marked = (side: LogicalPlan) =>
    projectOf(
      side,
      [...columns, isLeft],
      [
        ...side.columns.map((column, i) => castTo(columnOf(column), columns[i]!.type)),
        literalOf(side === left, BOOLEAN_NOT_NULL),
      ],
    );
  return {
    kind: 'set',
    operator: 'union',
    all: true,
    left: marked(left),
    right: marked(right),
    columns: [...columns, isLeft],
    span,
  };
}
