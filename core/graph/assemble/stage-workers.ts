/** The workers of a Python stage, as its functions declare them. */
import type { FunctionResolver } from '../../plan/function-resolver.js';
import { declaredResources } from '../../resource/declared-resources.js';
import { functionNotes } from '../function-notes.js';
import type { PlanOptions } from '../plan-options.js';
import { concurrencyOf, resourceGroupOf, workerGroupOf } from '../resource-group.js';
import type { PythonStage, StageDemand } from '../stage-graph.js';

/** A step, as far as it is looked at here. */
interface Called {
  readonly function: string;
}

/** Everything of a stage that is about its workers: all of its functions are of the group of the first. */
export function stageWorkers(steps: readonly Called[], isOneGroup: boolean, options: PlanOptions) {
  const { functions } = options;
  const name = steps[0]!.function;
  return {
    resourceGroup: resourceGroupOf(name, functions),
    workerGroup: workerGroupOf(name, functions),
    declared: demandsOf(steps, functions),
    ...workersOf(steps, isOneGroup, options),
    notes: functionNotes(steps, functions),
  };
}

/** How many workers its functions ask for. */
function workersOf(
  steps: readonly Called[],
  isOneGroup: boolean,
  { functions, parallelism }: PlanOptions,
): Pick<PythonStage, 'parallelism' | 'leastWorkers' | 'isElastic'> {
  if (isOneGroup) return { parallelism: 1, leastWorkers: 1, isElastic: false };
  const each = steps.map((step) => concurrencyOf(step.function, functions, parallelism));
  const most = Math.max(...each.map((concurrency) => concurrency.most));
  const least = Math.max(...each.map((concurrency) => concurrency.least));
  const isRange = steps.some((step) =>
    String(functions.declaration(step.function)?.options.concurrency).includes('-'),
  );
  return { parallelism: most, leastWorkers: least, isElastic: isRange && least < most };
}

/** What its functions declare of their workers. */
function demandsOf(steps: readonly Called[], functions: FunctionResolver): StageDemand[] {
  const names = [...new Set(steps.map((step) => step.function))];
  return names.flatMap((name) => {
    const declared = declaredResources(functions.declaration(name)?.options ?? {});
    return Object.values(declared).some((value) => value !== null) ? [{ function: name, ...declared }] : [];
  });
}
