/** The groups of function workers that a stage graph needs. */
import { ResourceError } from '../errors.js';
import type { DeclaredResources } from '../resource/declared-resources.js';
import type { GroupGrant } from '../resource/grant-workers.js';
import { formatMemory } from '../resource/parse-memory.js';
import type { PythonStage, StageGraph } from './stage-graph.js';

/** Workers that one or more Python stages use together. */
export interface WorkerGroup extends DeclaredResources {
  readonly name: string;
  /** All functions that run there, in the order of first use. */
  readonly functions: readonly string[];
  /** Fewest and most workers that its stages run with. */
  readonly least: number;
  readonly most: number;
}

/**
 * Groups in the order of first use. Functions of one name (`resources`) share what any of them declares.
 * @throws {ResourceError} RESOURCES_CONTRADICT where two of them declare different amounts
 */
export function workerGroups(graph: StageGraph): WorkerGroup[] {
  const stages = new Map<string, PythonStage[]>();
  for (const stage of graph.stages) {
    if (stage.kind !== 'python') continue;
    stages.set(stage.workerGroup, [...(stages.get(stage.workerGroup) ?? []), stage]);
  }
  return [...stages].map(([name, of]) => ({
    name,
    functions: [...new Set(of.flatMap((stage) => stage.steps.map((step) => step.function)))],
    least: Math.max(...of.map((stage) => stage.leastWorkers)),
    most: Math.max(...of.map((stage) => stage.parallelism)),
    memoryBytes: agreed(name, of, 'memoryBytes'),
    cpus: agreed(name, of, 'cpus'),
    gpus: agreed(name, of, 'gpus'),
  }));
}

/** The graph with no more workers in each stage than its group was granted. */
export function withGrantedWorkers(graph: StageGraph, grants: readonly GroupGrant[]): StageGraph {
  const workers = new Map(grants.map((grant) => [grant.name, grant.workers]));
  const stages = graph.stages.map((stage) => {
    if (stage.kind !== 'python') return stage;
    const parallelism = Math.min(stage.parallelism, workers.get(stage.workerGroup)!);
    return { ...stage, parallelism, isElastic: stage.isElastic && stage.leastWorkers < parallelism };
  });
  return { ...graph, stages };
}

function agreed(
  group: string,
  stages: readonly PythonStage[],
  resource: keyof DeclaredResources,
): number | null {
  const [first, ...others] = stages
    .flatMap((stage) => stage.declared)
    .filter((demand) => demand[resource] !== null);
  if (first === undefined) return null;
  const other = others.find((demand) => demand[resource] !== first[resource]);
  if (other === undefined) return first[resource];
  const text = (value: number | null) =>
    resource === 'memoryBytes' ? formatMemory(value ?? 0) : String(value);
  const option = resource === 'memoryBytes' ? 'memory' : resource;
  throw new ResourceError(
    'RESOURCES_CONTRADICT',
    `Functions ${first.function} and ${other.function} share workers (${group}) and declare different ${option}: ` +
      `${text(first[resource])} and ${text(other[resource])}.`,
    { hint: `Declare ${option} once, or the same for both, or give them different names of resources.` },
  );
}
