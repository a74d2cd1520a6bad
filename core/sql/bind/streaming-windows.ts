/** OVER and Top-N over a stream: rows know those before them, and a ranking has an end. */
import type { WindowCall } from '../../plan/expression-builders.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import type { Project } from '../../plan/plan-builders.js';
import { isAnyTime, isProcessingTime } from '../../plan/processing-time.js';
import { rowNumberBounds } from '../../plan/row-numbers.js';
import { inputsOf } from '../../plan/visit-plan.js';
import { hasWindowOf, windowCallsOf } from '../../plan/window-calls.js';
import { type BindEnvironment, bindError } from './bind-context.js';

/** Functions that look at all rows of a partition. */
const NEEDS_ALL_ROWS = new Set(['LEAD', 'NTILE', 'PERCENT_RANK', 'CUME_DIST', 'NTH_VALUE']);

/** @throws {SqlError} for what Flink refuses over a stream, also where every source ends */
export function checkStreamingWindows(environment: BindEnvironment, plan: LogicalPlan): void {
  if (plan.kind === 'project') checkCalls(environment, plan, windowCallsOf(plan));
  const ranking = plan.kind === 'filter' ? rowNumberBounds(plan) : null;
  if (ranking === null || !ranking.isBounded) {
    for (const input of inputsOf(plan)) checkStreamingWindows(environment, input);
    return;
  }
  const { numbers, to } = ranking;
  if (numbers.call.function !== 'ROW_NUMBER') {
    const hint = 'Use ROW_NUMBER(), or run it in batch mode.';
    refuse(environment, `${numbers.call.function}() ranks no stream`, numbers.call, hint);
  }
  if (to === Number.POSITIVE_INFINITY) {
    refuse(
      environment,
      'The end of the ranking is not said',
      numbers.call,
      'Add WHERE … <= n for the number.',
    );
  }
  checkStreamingWindows(environment, numbers.project.input);
}

function checkCalls(environment: BindEnvironment, { input }: Project, calls: readonly WindowCall[]): void {
  for (const call of calls) {
    const [key, second] = call.orderBy;
    const isTime = key !== undefined && isAnyTime(input, key.expression);
    if (NEEDS_ALL_ROWS.has(call.function)) refuse(environment, `${call.function} sees rows to come`, call);
    if (isAhead(call)) refuse(environment, 'A frame with FOLLOWING sees rows to come', call);
    if (isTime && key.descending) refuse(environment, 'OVER takes its time attribute ascending only', call);
    if (second !== undefined && call.orderBy.some(({ expression }) => isProcessingTime(input, expression))) {
      refuse(environment, 'OVER is ordered by a single time column', call, 'Order by processing time alone.');
    }
    if (call.frame?.start.kind === 'current_row') {
      const hint = `Write ${call.frame.unit === 'ROWS' ? '0' : "INTERVAL '0' SECOND"} PRECEDING.`;
      refuse(environment, 'A frame of CURRENT ROW alone has no beginning for Flink', call, hint);
    }
    if (call.frame?.start.kind === 'preceding' && !isTime) {
      refuse(environment, 'A bounded frame of OVER is ordered by a time attribute only', call);
    }
    if (!hasWindowOf(call, calls[0]!)) {
      refuse(environment, 'All calls with OVER of one SELECT have the same window', call);
    }
  }
}

function isAhead({ frame }: WindowCall): boolean {
  return frame !== null && [frame.start, frame.end].some(({ kind }) => kind.endsWith('following'));
}

function refuse(
  environment: BindEnvironment,
  what: string,
  { span }: WindowCall,
  hint = 'Change it, or run it in batch mode.',
): never {
  throw bindError(environment, 'SQL_INVALID', `In streaming mode: ${what}.`, span, hint);
}
