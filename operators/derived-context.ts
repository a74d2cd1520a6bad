/** The context that an operator gives to one that works for it. */
import type { OperatorContext } from '../core/index.js';

/** `context`, in which `changes` are otherwise. */
export function derivedContext(context: OperatorContext, changes: Partial<OperatorContext>): OperatorContext {
  const { stageId, output, clock, timers, metrics, bufferBytes, signal } = context;
  return {
    stageId,
    output,
    clock,
    timers,
    metrics,
    bufferBytes,
    signal,
    fail: (error) => context.fail(error),
    acknowledge: (checkpointId, state) => context.acknowledge(checkpointId, state),
    stopInputs: () => context.stopInputs(),
    ...changes,
  };
}
