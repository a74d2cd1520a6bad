/** Checks that a plan can run over input that does not end. */

import { hasSubquery, hasWindowCall } from '../plan/expression-facts.js';
import type { LogicalPlan } from '../plan/logical-plan.js';
import { expressionsOf, inputsOf } from '../plan/visit-plan.js';
import type { PlanOptions } from './plan-options.js';
import { refusal } from './refuse.js';

const NAMES: Readonly<Partial<Record<LogicalPlan['kind'], string>>> = {
  join: 'A join',
  aggregate: 'GROUP BY or an aggregate',
  sort: 'ORDER BY',
  limit: 'LIMIT',
  distinct: 'DISTINCT',
  set: 'A set operation',
  shared: 'A common table expression that is used more than once',
};

/** @throws {PlanError} for anything that has to remember rows. */
export function checkStreaming(plan: LogicalPlan, options: PlanOptions): void {
  const name = NAMES[plan.kind];
  if (name !== undefined) refuse(name, plan, options);
  for (const expression of expressionsOf(plan)) {
    if (hasSubquery(expression)) refuse('A subquery', { span: expression.span }, options);
    if (hasWindowCall(expression)) refuse('A window function', { span: expression.span }, options);
  }
  for (const input of inputsOf(plan)) checkStreaming(input, options);
}

function refuse(name: string, node: Pick<LogicalPlan, 'span'>, options: PlanOptions): never {
  throw refusal(
    'PLAN_STREAMING',
    `${name} is not supported in streaming mode.`,
    { sql: options.sql, span: node.span },
    'Streaming mode runs projections, WHERE, scalar functions and LATERAL TABLE. For input that ends, use batch mode.',
  );
}
