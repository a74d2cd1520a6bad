/** The part of EXPLAIN about resources: the split of the memory, what each worker is given, chains cut for it. */
import {
  duckDbMemoryLimit,
  formatMemory,
  formatResources,
  type GroupGrant,
  isSharedGroup,
  type PythonStage,
  type StageGraph,
} from '../../core/index.js';
import { bufferSize } from './buffer-size.js';
import type { SessionResources } from './session-resources.js';

/**
 * A section of EXPLAIN, without a line break at its end.
 * @param capLevel how caps are enforced; null: not known before a worker is needed
 * @param batchRows most rows of a batch
 * @throws {ResourceError} where the job's least does not fit
 */
export function explainResources(
  graph: StageGraph,
  resources: SessionResources,
  capLevel: string | null,
  batchRows: number,
): string {
  const lines: string[] = [];
  const line = (name: string, text: string) => lines.push(`${name.padEnd(12)} ${text}`);
  const { total, overhead, coreHeap, exchange, relational, python } = resources.tree;
  const parts = { overhead, core: coreHeap, exchanges: exchange, relational, Python: python };
  const split = Object.entries(parts).map(([name, bytes]) => `${name} ${formatMemory(bytes)}`);
  line('memory', `${formatMemory(total)}: ${split.join(', ')}`);
  const count = graph.stages.filter((stage) => stage.kind === 'relational').length;
  if (count > 0) {
    const bytes = resources.relationalWorkerBytes(count);
    line(
      'relational',
      `${workers(count)} of ${formatMemory(bytes)}, DuckDB ${formatMemory(duckDbMemoryLimit(bytes))}`,
    );
  }
  const held = bufferSize(graph, exchange, resources.parallelism, batchRows);
  line(
    'batches',
    `at most ${batchRows} rows; ${formatMemory(held)} of them in each exchange and Python stage`,
  );
  for (const [i, grant] of resources.functionWorkers(graph).entries()) {
    line(i === 0 ? 'Python' : '', describeGrant(grant, graph));
  }
  if (capLevel !== null) line('caps', capLevel);
  for (const [i, cut] of cutChains(graph).entries()) line(i === 0 ? 'cut' : '', cut);
  return `\n\n== Resources ==\n${lines.join('\n')}`;
}

function describeGrant({ name, functions, capBytes, cpus, gpus, ...grant }: GroupGrant, graph: StageGraph) {
  const stages = graph.stages.filter((stage): stage is PythonStage => stage.kind === 'python');
  const isElastic = stages.some((stage) => stage.workerGroup === name && stage.isElastic);
  const least = isElastic && grant.least < grant.workers ? `${grant.least} to ` : '';
  const each = formatResources({ memoryBytes: capBytes, cpus, gpus });
  const cooperative = gpus === null ? '' : ' (devices are not enforced)';
  return `${least}${workers(grant.workers)} of ${each}${cooperative}: ${functions.join(', ')}`;
}

function workers(count: number): string {
  return count === 1 ? '1 worker' : `${count} workers`;
}

/** Python stages that read each other's results and would be one, were it not for their workers. */
function cutChains(graph: StageGraph): string[] {
  return graph.stages.flatMap((stage) => {
    if (stage.kind !== 'python') return [];
    const producerId = graph.exchanges.find(({ id }) => id === stage.inputs[0])?.producer;
    const producer = graph.stages.find(({ id }) => id === producerId);
    if (producer?.kind !== 'python' || producer.workerGroup === stage.workerGroup) return [];
    // Results are the group behind the kept ones.
    if (!stage.shippedGroups.includes(producer.keptGroups.length)) return [];
    return [`${placed(stage)} reads ${placed(producer)}`];
  });
}

function placed({ steps, workerGroup }: PythonStage): string {
  const names = [...new Set(steps.map((step) => step.function))].join(', ');
  return `${names} (${isSharedGroup(workerGroup) ? 'shared workers' : `workers with ${workerGroup}`})`;
}
