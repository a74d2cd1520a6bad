/** From a relational stage to its query in a worker: what the plan says, in the words of the protocol. */
import type { ColumnSpec, OpenRelationalStage } from '../../bridge/index.js';
import {
  type Column,
  type Exchange,
  noteWorker,
  type RelationalStage,
  type StageGraph,
  typeToText,
} from '../../core/index.js';
import type { Engine, EngineSizes } from '../engine.js';
import type { FileOutput } from '../file-output.js';
import { deathOf } from '../retry/retry-decision.js';
import type { OpenRelational } from './relational-stage.js';

/**
 * Opens `stage` in a relational worker that it has for itself while it is open.
 * @param output Where a sink writes; null for a stage with an output exchange.
 */
export function openRelational(
  stage: RelationalStage,
  graph: StageGraph,
  engine: Engine,
  output: FileOutput | null,
): OpenRelational {
  const open: OpenRelational = async (metrics) => {
    // Of an attempt that was given up.
    await output?.clear();
    const worker = await engine.relationalWorkers.borrow(engine.sizes.relationalWorkerBytes);
    const note = () => {
      const { peakBytes, capBytes, capLevel } = worker.usage();
      noteWorker(metrics, worker.name, { kind: 'relational', peakBytes: peakBytes ?? 0, capBytes, capLevel });
    };
    const kill = async () => {
      await worker.kill({ kind: 'cancelled' });
      note();
    };
    try {
      const handle = await worker.openRelationalStage(
        stageBody(stage, graph, engine, output),
        engine.sizes.bufferBytes,
      );
      return {
        worker,
        stage: handle,
        close: async (isAborted) => {
          if (isAborted) return kill();
          await handle.close();
          note();
          await engine.relationalWorkers.giveBack(worker);
        },
      };
    } catch (error) {
      await kill();
      // It died while it was idle, which is no failure of the stage.
      if (engine.relationalWorkers.isWarm(worker) && deathOf(error) !== null) return open(metrics);
      throw error;
    }
  };
  return open;
}

function stageBody(
  stage: RelationalStage,
  graph: StageGraph,
  engine: Engine,
  output: FileOutput | null,
): Omit<OpenRelationalStage, 'kind'> {
  const exchange = stage.output === null ? null : exchangeOf(graph, stage.output);
  return {
    stage: stage.id,
    sql: stage.sql,
    inputs: stage.inputs.map((id) => columnSpecs(exchangeOf(graph, id).columns)),
    output: columnSpecs(exchange?.columns ?? stage.sink?.columns ?? []),
    groups: exchange?.groups ?? null,
    keyColumns: exchange?.keyColumns ?? null,
    sink:
      stage.sink === null || output === null
        ? null
        : {
            temporaryPath: output.temporaryPath,
            format: stage.sink.format,
            copyOptions: stage.sink.copyOptions,
          },
    perBatch: stage.perBatch,
    keepsOrder: stage.keepsOrder,
    batchRows: engine.sizes.batchRows,
    memoryLimitBytes: engine.sizes.relationalMemoryLimitBytes,
    threads: threadsOf(stage, graph, engine.sizes),
    temporaryDirectory: engine.temporaryDirectory,
    temporaryBytes: engine.sizes.temporaryBytes,
  };
}

/**
 * A scan that feeds functions gets few threads: they would compete with the functions for the cores, and several cost
 * a third more time of processors for the same rows (DuckDB 1.5, Parquet).
 */
function threadsOf(stage: RelationalStage, graph: StageGraph, sizes: EngineSizes): number {
  if (stage.oneThread) return 1;
  const feedsFunctions = graph.stages.some(
    ({ kind, inputs }) => kind === 'python' && stage.output !== null && inputs.includes(stage.output),
  );
  return stage.onlyReads && feedsFunctions ? sizes.scanThreads : sizes.relationalThreads;
}

/** The exchange with that id. */
export function exchangeOf(graph: StageGraph, id: string): Exchange {
  return graph.exchanges.find((exchange) => exchange.id === id)!;
}

/** Columns as the protocol names them. */
export function columnSpecs(columns: readonly Column[]): ColumnSpec[] {
  return columns.map(({ name, type }) => ({ name, type: typeToText(type) }));
}
