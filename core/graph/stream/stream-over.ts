/** Aggregates with OVER in a stream: over the rows before each row, in the order of event time or of arrival. */
import type { Expression } from '../../plan/expression.js';
import type { WindowCall } from '../../plan/expression-builders.js';
import type { Project } from '../../plan/plan-builders.js';
import { arrivalOrder } from '../../plan/processing-time.js';
import type { StreamCall, StreamFrame, StreamPythonCall } from '../../plan/stream-operator.js';
import { isEventTime } from '../../plan/time-attribute.js';
import { hasWindowOf, windowCallsOf } from '../../plan/window-calls.js';
import { resourceGroupOf } from '../resource-group.js';
import { asAggregate, checkLag, frameOf, withResults } from './over-calls.js';
import {
  type MadeColumn,
  operatorOver,
  passedOn,
  type Relation,
  refuseInStream,
  type StreamContext,
  withOperands,
} from './relation.js';
import { streamCall } from './stream-aggregate.js';
import { columnsOf, pythonCall } from './stream-python-calls.js';
import { streamSortedOver } from './stream-sorted-over.js';

export function streamOver(context: StreamContext, node: Project): Relation {
  const calls = windowCallsOf(node);
  const [first] = calls;
  const other = calls.find((call) => !hasWindowOf(call, first!));
  if (other !== undefined) refuseInStream(context, 'A second window of OVER', other);
  for (const call of calls) checkLag(context, call);
  const input = context.plan(node.input);
  const order = timeOrder(node, first!);
  if (order === null) return streamSortedOver(context, node, input, calls);
  if (input.change !== null) refuseInStream(context, 'OVER of rows that change', first!);
  const operands = calls.flatMap((call) => columnsOf(asAggregate(call, order)));
  const { relation, ids } = withOperands(context, input, [...order, ...first!.partitionBy, ...operands]);
  const rest = [...ids];
  const time = order.length === 0 ? null : rest.shift()!;
  const keys = first!.partitionBy.map(() => rest.shift()!);
  const take = () => rest.shift()!;
  const builtIns: (StreamCall<string> & { readonly frame: StreamFrame })[] = [];
  const python: (StreamPythonCall<string> & { readonly frame: StreamFrame })[] = [];
  for (const call of calls) {
    const frame = time === null ? arrivalFrame(frameOf(context, call)) : frameOf(context, call);
    if (call.python === null)
      builtIns.push({ ...streamCall(context, asAggregate(call, order), take), frame });
    else python.push({ ...pythonCall(asAggregate(call, order), take), frame });
  }
  checkPython(context, calls);
  const results = calls.map((call) => context.options.ids.column('over', call.type));
  const ofKind = { builtIn: 0, python: builtIns.length };
  const made = results.map((column, i): MadeColumn => {
    const result = ofKind[calls[i]!.python === null ? 'builtIn' : 'python']++;
    return { column, output: { kind: 'result', result } };
  });
  const over = operatorOver(
    context,
    [relation],
    python.length === 0
      ? { kind: 'over', keys, time, calls: builtIns }
      : { kind: 'accumulate_over', keys, time, calls: builtIns, python },
    [...passedOn(node.input.columns), ...made],
    false,
  );
  return withResults(node, over, calls, results);
}

/** The event time that rows are ordered by; none: they are in the order in which they come; null: they have neither. */
function timeOrder({ input }: Project, { orderBy }: WindowCall): readonly Expression[] | null {
  const [key, second] = orderBy;
  if (key === undefined || key.descending || second !== undefined) return null;
  if (isEventTime(input, key.expression)) return [key.expression];
  return arrivalOrder(input, orderBy) === null ? null : [];
}

/** Of all rows that have come nobody waits for peers. */
function arrivalFrame(frame: StreamFrame): StreamFrame {
  return frame.preceding === null ? { unit: 'ROWS', preceding: null } : frame;
}

/** A frame of Python is all that its function is given: it has an end. */
function checkPython(context: StreamContext, calls: readonly WindowCall[]): void {
  const python = calls.filter((call) => call.python !== null);
  const endless = python.find((call) => frameOf(context, call).preceding === null);
  if (endless !== undefined) {
    refuseInStream(
      context,
      `The Python aggregate ${endless.function} over all rows before each one`,
      endless,
      "Bound its frame: ROWS BETWEEN 99 PRECEDING AND CURRENT ROW, or RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW.",
    );
  }
  const { functions } = context.options;
  const groups = new Set(python.map((call) => resourceGroupOf(call.function, functions)));
  if (groups.size < 2) return;
  refuseInStream(
    context,
    'OVER with Python aggregates in different workers',
    python.at(-1)!,
    'Declare the same memory, cpus and gpus for all of them, or give them one name by `resources`.',
  );
}
