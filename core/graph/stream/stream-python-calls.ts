/** Aggregates written in Python, in GROUP BY over a stream. */
import type { AggregateCall } from '../../plan/expression.js';
import type { Aggregate } from '../../plan/plan-builders.js';
import type { StreamPythonCall } from '../../plan/stream-operator.js';
import { isWireLiteral } from '../../plan/wire-literal.js';
import { withNullable } from '../../types/types.js';
import { resourceGroupOf } from '../resource-group.js';
import { type Relation, refuseInStream, type StreamContext } from './relation.js';

/**
 * Refuses what cannot be done over the rows of `input`; otherwise whether rows have to be kept until their window has
 * ended, since some function takes whole groups.
 */
export function checkPythonCalls(
  context: StreamContext,
  node: Aggregate,
  input: Relation,
  isWindowed: boolean,
): { readonly keepsRows: boolean } {
  const calls = node.aggregates.filter((call) => call.python);
  const { functions } = context.options;
  const groups = new Set(calls.map((call) => resourceGroupOf(call.function, functions)));
  if (groups.size > 1) {
    refuseInStream(
      context,
      'A GROUP BY with Python aggregates in different workers',
      calls.at(-1)!,
      'Declare the same memory, cpus and gpus for all of them, or give them one name by `resources`.',
    );
  }
  const whole = calls.filter((call) => takesWholeGroups(context, call));
  for (const call of calls) {
    const { function: name } = call;
    if (call.withinGroup.length > 0) refuseInStream(context, 'WITHIN GROUP', call);
    if (whole.includes(call) && !isWindowed) {
      refuseInStream(
        context,
        `The aggregate ${name}, which takes whole groups, without a window of time`,
        call,
        'Group by a window (TUMBLE, HOP, CUMULATE, SESSION), or write an AggregateFunction.',
      );
    }
    const retracts = functions.declaration(name)?.retractable === true && !whole.includes(call);
    if (input.change !== null && !retracts) {
      refuseInStream(
        context,
        `The aggregate ${name}, which has no method \`retract\`, over rows that change later`,
        call,
        `Define retract(accumulator, …) in ${name}, or aggregate rows that do not change.`,
      );
    }
  }
  return { keepsRows: whole.length > 0 };
}

/** Operands of a call that are columns of the input: constants travel with the call. */
export function columnsOf({ python, arguments: args, filter }: AggregateCall): AggregateCall['arguments'] {
  const columns = python ? args.filter((argument) => !isConstant(argument)) : args;
  return filter === null ? columns : [...columns, filter];
}

/** A call over columns, which `take` gives in the order of `columnsOf`. */
export function pythonCall(call: AggregateCall, take: () => string): StreamPythonCall<string> {
  return {
    function: call.function,
    arguments: call.arguments.map((argument) =>
      argument.kind === 'literal' && isConstant(argument)
        ? { kind: 'literal', value: argument.value, type: argument.type }
        : { kind: 'column', column: take(), type: argument.type },
    ),
    argumentNames: call.argumentNames,
    distinct: call.distinct,
    filter: call.filter === null ? null : take(),
    type: withNullable(call.type, true),
  };
}

function isConstant(argument: AggregateCall['arguments'][number]): boolean {
  return argument.kind === 'literal' && isWireLiteral(argument.type, argument.value);
}

/** One with `partial` and `merge` takes any share of the rows. */
function takesWholeGroups(context: StreamContext, call: AggregateCall): boolean {
  const declaration = context.options.functions.declaration(call.function);
  return declaration !== null && declaration.batch !== null && !declaration.mergeable;
}
