/** From placed calls to the steps of one Python stage. */
import type { Expression } from '../../plan/expression.js';
import type { PlanColumn } from '../../plan/logical-plan.js';
import { isWireLiteral } from '../../plan/wire-literal.js';
import { withNullable } from '../../types/types.js';
import type { PlannedArgument, PlannedStep } from '../boundary.js';
import type { PlacedCall } from './call-levels.js';
import type { CallSet } from './call-set.js';
import type { ColumnMaker } from './column-maker.js';

/** What the steps are made from. */
export interface StepInputs {
  readonly set: CallSet;
  /** Results of calls of lower levels, by key. */
  readonly results: ReadonlyMap<string, Expression>;
  /** Makes the argument and guard columns below the stage. */
  readonly maker: ColumnMaker;
  /** The columns that receive the results of a call. */
  resultsOf(call: PlacedCall): readonly PlanColumn[];
}

/** One step for each call, in the given order (arguments first). */
export function planSteps(calls: readonly PlacedCall[], inputs: StepInputs): PlannedStep[] {
  const { set, results, maker } = inputs;
  const stepOf = new Map(calls.map((call, i) => [call.key, i]));
  return calls.map((call) => {
    const guard = call.guard === null ? null : set.replace(call.guard, results);
    return {
      function: call.call.function,
      arguments: call.call.arguments.map((argument, i): PlannedArgument => {
        const step = argument.kind === 'python_call' ? stepOf.get(set.keyOf(argument)) : undefined;
        if (step !== undefined) return { kind: 'step', step };
        return planArgument(set.replace(argument, results), guard, `${call.call.function}_${i}`, maker);
      }),
      argumentNames: call.call.argumentNames,
      guard: guard === null ? null : maker.idFor(guard, `${call.call.function}_guard`),
      filter: null,
      distinct: false,
      frame: null,
      resultType: withNullable(call.call.type, true),
      results: inputs.resultsOf(call),
    };
  });
}

/**
 * A constant stays one; anything else gets a column. Under a guard it is computed only where the guard is
 * TRUE, as the rows outside may be those for which it fails (`CASE WHEN b <> 0 THEN f(a / b) END`).
 */
export function planArgument(
  argument: Expression,
  guard: Expression | null,
  name: string,
  maker: ColumnMaker,
): PlannedArgument {
  if (argument.kind === 'literal' && isWireLiteral(argument.type, argument.value)) {
    return { kind: 'literal', value: argument.value, type: argument.type };
  }
  if (guard === null || argument.kind === 'column' || argument.kind === 'literal') {
    return { kind: 'column', id: maker.idFor(argument, name) };
  }
  const guarded: Expression = {
    kind: 'case',
    // biome-ignore lint/suspicious/noThenProperty: a branch of CASE, never awaited
    branches: [{ when: guard, then: argument }],
    otherwise: null,
    type: withNullable(argument.type, true),
    span: argument.span,
  };
  return { kind: 'column', id: maker.idFor(guarded, name) };
}
