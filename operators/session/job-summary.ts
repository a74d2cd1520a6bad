/** Where a job's rows, time and memory went, from the counters of its stages. */
import type { StageGraph } from '../../core/index.js';
import type { Engine } from '../engine.js';
import type { FailedRows } from '../failures/failed-rows.js';
import { letterStages } from './dead-letter-tables.js';
import { type RunOutcome, rowsRead } from './run-graph.js';
import type { FunctionSummary, JobSummary } from './session-types.js';
import { workerSummaries } from './worker-summaries.js';

/** Sums the stages up by function and by worker. `rowsOut` counts the rows that were written, printed or returned. */
export function jobSummary(
  graph: StageGraph,
  outcome: RunOutcome,
  { functionWorkers, measured, failedRows }: Pick<Engine, 'functionWorkers' | 'measured' | 'failedRows'>,
): JobSummary {
  const { metrics, seconds } = outcome;
  const stages = [...metrics.values()];
  const ofLetters = letterStages(graph);
  return {
    rowsIn: rowsRead(graph, metrics),
    rowsOut: graph.stages
      .filter((stage) => stage.output === null && !ofLetters.has(stage.id))
      .reduce(
        (sum, stage) => sum + (metrics.get(stage.id)?.[stage.kind === 'sink' ? 'rowsIn' : 'rowsOut'] ?? 0),
        0,
      ),
    seconds,
    functions: functionSummaries(stages),
    workers: workerSummaries(graph, stages, functionWorkers),
    metrics: measured.readings(),
    lateRows: stages.reduce((sum, { lateRows }) => sum + lateRows, 0),
    restarts: failedRows.restarts,
    failures: failedRows.counts(),
    letterPlaces: letterPlacesOf(failedRows),
  };
}

function letterPlacesOf(failedRows: FailedRows): Record<string, string[]> {
  const names = failedRows.counts().map((count) => count.function);
  return Object.fromEntries(names.map((name) => [name, failedRows.letters.places(name)]));
}

function functionSummaries(
  stages: readonly { readonly functions: ReadonlyMap<string, Counters> }[],
): FunctionSummary[] {
  const byName = new Map<string, FunctionSummary>();
  for (const [name, counters] of stages.flatMap((stage) => [...stage.functions])) {
    const before = byName.get(name);
    byName.set(name, {
      name,
      calls: (before?.calls ?? 0) + counters.calls,
      retries: (before?.retries ?? 0) + counters.retries,
      batches: (before?.batches ?? 0) + counters.batches,
      waitingMs: (before?.waitingMs ?? 0) + counters.waitingNs / 1e6,
      shippingMs: (before?.shippingMs ?? 0) + counters.shippingNs / 1e6,
      pythonMs: (before?.pythonMs ?? 0) + counters.pythonNs / 1e6,
      returningMs: (before?.returningMs ?? 0) + counters.returningNs / 1e6,
    });
  }
  return [...byName.values()];
}

interface Counters {
  readonly calls: number;
  readonly retries: number;
  readonly batches: number;
  readonly waitingNs: number;
  readonly shippingNs: number;
  readonly pythonNs: number;
  readonly returningNs: number;
}
