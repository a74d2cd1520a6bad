/** ORDER BY over a stream: rows can leave in order only as time goes on. */
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { isAnyTime } from '../../plan/processing-time.js';
import { type BindEnvironment, bindError } from './bind-context.js';

/** @throws {SqlError} where the rows of a query are sorted, without LIMIT, by something else than an ascending time first */
export function checkStreamingOrder(environment: BindEnvironment, plan: LogicalPlan): void {
  const rows = plan.kind === 'project' ? plan.input : plan;
  const key = rows.kind === 'sort' ? rows.keys[0] : undefined;
  if (rows.kind !== 'sort' || key === undefined) return;
  const { expression, descending } = key;
  const isTime = isAnyTime(rows.input, expression);
  if (isTime && !descending) return;
  throw bindError(
    environment,
    'SQL_INVALID',
    isTime
      ? 'In streaming mode ORDER BY takes its time attribute ascending only.'
      : 'In streaming mode ORDER BY begins with a time attribute: this is a non-time-attribute field.',
    expression.span ?? rows.span,
    'Add LIMIT, sort by the column that WATERMARK is on or by PROCTIME(), or run it in batch mode.',
  );
}
