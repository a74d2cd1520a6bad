/** Memory of the workers that a job has used, against their caps. */
import type { StageGraph } from '../../core/index.js';
import type { FunctionWorkers } from '../function-workers.js';
import type { WorkerSummary } from './session-types.js';

type Stages = readonly { readonly workers: ReadonlyMap<string, Omit<WorkerSummary, 'name'>> }[];

/** Relational workers first, in the order of their stages. */
export function workerSummaries(
  graph: StageGraph,
  stages: Stages,
  functionWorkers: FunctionWorkers,
): WorkerSummary[] {
  return [...relationalWorkers(stages), ...usedFunctionWorkers(graph, functionWorkers)];
}

function relationalWorkers(stages: Stages): WorkerSummary[] {
  return stages.flatMap((stage) => [...stage.workers].map(([name, worker]) => ({ name, ...worker })));
}

function usedFunctionWorkers(graph: StageGraph, functionWorkers: FunctionWorkers): WorkerSummary[] {
  const used = graph.stages.flatMap((stage) =>
    stage.kind === 'python'
      ? functionWorkers.usage(stage.parallelism, stage.steps[0]!.function, stage.workerGroup)
      : [],
  );
  return [...new Map(used.map(({ worker, usage }) => [worker, usage]))].map(([worker, usage]) => ({
    name: worker.name,
    kind: worker.kind,
    peakBytes: usage.peakBytes,
    capBytes: usage.capBytes,
    capLevel: usage.capLevel,
  }));
}
