/** Sessions of a stream: a row goes on when its session has ended, with its edges. */
import { castTo, columnOf } from '../../plan/expression-builders.js';
import type { PlanColumn } from '../../plan/logical-plan.js';
import type { Session } from '../../plan/plan-builders.js';
import {
  type MadeColumn,
  operatorOver,
  passedOn,
  projected,
  type Relation,
  refuseInStream,
  type StreamContext,
  withOperands,
} from './relation.js';

export function streamSession(context: StreamContext, node: Session): Relation {
  const input = context.plan(node.input);
  if (input.change !== null) refuseInStream(context, 'A session window of rows that change', node);
  const { relation, ids } = withOperands(context, input, [node.time, ...node.partitionBy]);
  const [time, ...keys] = ids as [string, ...string[]];
  const own = node.columns.slice(-3);
  const plain = own.map((column): PlanColumn => {
    return { ...context.options.ids.column(column.name, { ...node.time.type, nullable: false }) };
  });
  const made = plain.map((column, result): MadeColumn => ({ column, output: { kind: 'result', result } }));
  const sessions = operatorOver(
    context,
    [relation],
    { kind: 'session', keys, time, gap: node.gap },
    [...passedOn(node.input.columns), ...made],
    false,
  );
  return projected(sessions, node.columns, [
    ...node.input.columns.map((column) => columnOf(column)),
    ...own.map((column, i) => castTo(columnOf(plain[i]!), column.type)),
  ]);
}
