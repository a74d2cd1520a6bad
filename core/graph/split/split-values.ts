/** VALUES with Python calls: a projection for each row. */

import type { Expression } from '../../plan/expression.js';
import { trueLiteral } from '../../plan/expression-builders.js';
import { callsPython } from '../../plan/expression-facts.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { projectOf, singleRow } from '../../plan/plan-builders.js';
import { NOTHING_KNOWN, type SplitContext, type SplitPlan } from './split-context.js';
import { splitProject } from './split-project.js';

type Values = Extract<LogicalPlan, { kind: 'values' }>;

/**
 * Rows without calls stay together; each other row becomes one projection, all joined by UNION ALL in their
 * order.
 */
export function splitValues(context: SplitContext, values: Values): SplitPlan {
  if (!values.rows.some((row) => row.some(callsPython))) return { plan: values, known: NOTHING_KNOWN };
  const rows = values.rows.map((row) => splitRow(context, values, row));
  const plan = rows.reduce((left, right) => ({
    kind: 'set',
    operator: 'union',
    all: true,
    left,
    right,
    columns: values.columns.map((column) => context.ids.column(column.name, column.type)),
    span: values.span,
  }));
  const named = projectOf(
    plan,
    values.columns,
    plan.columns.map(({ id, type }) => ({ kind: 'column', id, type, span: null })),
  );
  return { plan: named, known: NOTHING_KNOWN };
}

function splitRow(context: SplitContext, values: Values, row: readonly Expression[]): LogicalPlan {
  const one = singleRow(context.ids.column('row', trueLiteral().type), trueLiteral());
  const columns = values.columns.map((column) => context.ids.column(column.name, column.type));
  const project = { kind: 'project' as const, input: one, columns, expressions: row, span: values.span };
  return splitProject(context, project, { plan: one, known: NOTHING_KNOWN }).plan;
}
