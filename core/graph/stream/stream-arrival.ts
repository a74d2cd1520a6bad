/** Processing time as the time of windows: each row is given the moment at which it came. */
import type { LogicalPlan } from '../../plan/logical-plan.js';
import {
  CLOCK_TYPE,
  type MadeColumn,
  operatorOver,
  passedOn,
  type Relation,
  refuseInStream,
  type StreamContext,
} from './relation.js';

/** Time before it means nothing behind it. */
export function streamArrival(
  context: StreamContext,
  plan: Extract<LogicalPlan, { kind: 'watermark' }>,
): Relation {
  const input = context.plan(plan.input);
  if (input.change !== null) {
    refuseInStream(
      context,
      'A window of processing time over rows that change',
      plan,
      'A row would go at another time than it came; use a window of event time.',
    );
  }
  const clock = context.options.ids.column('clock', CLOCK_TYPE);
  const made = plan.columns.map((column): MadeColumn => {
    if (column.id === plan.rowtime) return { column, output: { kind: 'result', result: 0 } };
    return passedOn([column])[0]!;
  });
  const timeless = { ...input, clock: null };
  const arrival = operatorOver(
    context,
    [timeless],
    { kind: 'arrival' },
    [...made, { column: clock, output: { kind: 'clock' } }],
    false,
  );
  return { ...arrival, clock };
}
