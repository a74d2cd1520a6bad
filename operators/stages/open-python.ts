/** From a Python stage to its calls in function workers: what the plan says, in the words of the protocol. */
import type {
  AnswerSpill,
  Bundle,
  FunctionStageHandle,
  OpenFunctionStage,
  Worker,
} from '../../bridge/index.js';
import type { PythonStage, StageGraph } from '../../core/index.js';
import type { Engine } from '../engine.js';
import { type BundleSaving, savingStage } from '../failures/saving-stage.js';
import type { OnError, RetryPolicy } from '../retry/retry-decision.js';
import { RetryingStage } from '../retry/retrying-stage.js';
import { RowFailures } from '../retry/row-failures.js';
import { smallerBundles } from '../retry/smaller-bundles.js';
import { UnfinishedGroup } from '../retry/unfinished-group.js';
import { bundleRows } from './bundle-rows.js';
import { columnSpecs } from './open-relational.js';
import { withColumns } from './read-split.js';
import { inputOf, splitSource } from './split-input.js';
import type { OpenStageWorker } from './stage-workers.js';

/** Opens `stage` in workers of its group, one by one. */
export function openPython(
  stage: PythonStage,
  graph: StageGraph,
  engine: Engine,
  spill: AnswerSpill,
): OpenStageWorker {
  const functions = [...new Set(stage.steps.map((step) => step.function))];
  const body = once(() => stageBody(stage, graph, engine, functions));
  const stageOptions = once(() => ({
    policy: retryPolicy(stage, functions, engine),
    rows: new RowFailures({
      onError: new Map(functions.map((name) => [name, onErrorOf(name, engine)])),
      columns: bundleRows(stage, graph, engine, readColumns(0)),
    }),
  }));
  const limits = once(() => timeLimits(functions, engine));
  let isFirst = true;
  const first = () => {
    const was = isFirst;
    isFirst = false;
    return was;
  };
  const { id, parameters, cachedFiles } = engine.job;
  const { parallelism } = stage;
  const contextOf = (subtask: number, attempt: number) => ({
    jobId: id,
    subtask,
    parallelism,
    attempt,
    jobParameters: parameters,
    cachedFiles,
  });
  const readColumns = (subtask: number) => (bundle: Bundle) =>
    withColumns(bundle, { ...body(), context: contextOf(subtask, 0) }, () =>
      engine.functionWorkers.leaseOne(subtask, functions, stage.workerGroup),
    );
  return async (subtask) => {
    const { policy } = stageOptions();
    let worker: Worker | null = null;
    const openIn = async (taken: Worker, attempt: number) => {
      const opened = await taken.openFunctionStage(
        { ...body(), context: contextOf(subtask, attempt) },
        limits(),
        (values) => engine.measured.add(subtask, values),
        spill,
      );
      return policy.isDivisible ? smallerBundles(opened, taken) : opened;
    };
    const handle = await RetryingStage.open({
      stage: stage.id,
      openIn: async (attempt) => {
        // Its place is taken by another only when it is gone.
        await worker?.ended;
        worker = await engine.functionWorkers.leaseOne(subtask, functions, stage.workerGroup);
        return openIn(worker, attempt);
      },
      openAgain: (attempt) => openIn(worker!, attempt),
      ...stageOptions(),
      group: policy.isDivisible ? null : new UnfinishedGroup(stage.id, engine.spillFiles),
      renewal: policy.isDivisible
        ? {
            isDue: () => worker?.openStages === 1 && worker.wear() !== null,
            retire: async () => worker?.recycle(),
          }
        : null,
      onRestart: (verdict) => engine.failedRows.restarted(verdict),
    });
    return {
      handle: saving(handle, { ...body(), context: contextOf(subtask, 0) }, engine, functions, {
        first,
        withColumns: readColumns(subtask),
      }),
      retire: async () => {
        if (worker?.openStages === 0) await worker.stop();
      },
    };
  };
}

/** Made when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function stageBody(
  stage: PythonStage,
  graph: StageGraph,
  engine: Engine,
  functions: readonly string[],
): Omit<OpenFunctionStage, 'kind' | 'context'> {
  const { columns, groups } = inputOf(stage, graph);
  const shipped = stage.shippedGroups.flatMap((group) => groups[group]!.map((column) => columns[column]!));
  return {
    stage: stage.id,
    mode: stage.mode,
    input: columnSpecs(shipped),
    steps: stage.steps,
    resultSteps: stage.resultSteps,
    resultFields: stage.resultFields,
    rowSelection: stage.rowSelection,
    partialAggregates: stage.partialAggregates,
    outer: stage.outer,
    keyColumns: stage.keyColumns,
    tagColumn: stage.tagColumn,
    passedColumns: stage.passedColumns,
    state: stage.stream === null || stage.stream.kind === 'process' ? null : stage.stream.state,
    process: stage.stream?.kind === 'process' ? stage.stream.process : null,
    overrides: functions.flatMap((name) => {
      const options = engine.functionOverrides(name);
      return Object.keys(options).length === 0 ? [] : [{ function: name, options }];
    }),
    sharedFolder: engine.functionsDirectory,
    source: stage.source === null ? null : splitSource(stage, stage.source, engine),
  };
}

function retryPolicy(stage: PythonStage, functions: readonly string[], engine: Engine): RetryPolicy {
  const isDivisible = DIVISIBLE.has(stage.mode);
  return {
    mayReplay: functions.every((name) => engine.functionOptions(name).replay !== false),
    isDivisible,
    isSearchable: isDivisible || functions.every((name) => feedsGroups(stage.mode, name, engine)),
    givesUpRows: functions.some((name) => onErrorOf(name, engine) !== 'fail'),
  };
}

/** Modes in which rows of a bundle do not depend on each other, nor on bundles before. */
const DIVISIBLE: ReadonlySet<PythonStage['mode']> = new Set(['scalar', 'filter', 'table', 'partial']);

/** Its rows come one after the other, each group's to their end. */
function feedsGroups(mode: PythonStage['mode'], name: string, engine: Engine): boolean {
  if (mode === 'aggregate') return true;
  return mode === 'map' && engine.functionWorkers.declared(name).kind === 'table_aggregate';
}

/** Async functions keep their limits themselves. */
function timeLimits(functions: readonly string[], engine: Engine): ReadonlyMap<string, number> {
  const limits = functions.flatMap((name): [string, number][] => {
    const { timeout } = engine.functionOptions(name);
    if (timeout === undefined || engine.functionWorkers.declared(name).isAsync) return [];
    // As the worker says it, and settings too: '1.5 s'.
    return [[name, Number.parseFloat(String(timeout)) * 1000]];
  });
  return new Map(limits);
}

function onErrorOf(name: string, engine: Engine): OnError {
  return (engine.functionOptions(name).on_error as OnError | undefined) ?? 'fail';
}

function saving(
  handle: FunctionStageHandle,
  stage: Omit<OpenFunctionStage, 'kind'>,
  engine: Engine,
  functions: readonly string[],
  saved: Pick<BundleSaving, 'first' | 'withColumns'>,
): FunctionStageHandle {
  if (engine.failures === null) return handle;
  const { folder, timeZone } = engine.failures;
  const { workingDirectory, functionWorkers, schemas } = engine;
  const python = functionWorkers.interpreter(functions[0]!) ?? engine.failures.python;
  const references = functions.map((name) => functionWorkers.reference(name));
  const { paths } = functionWorkers;
  const facts = {
    stage: { ...stage, source: null, partialAggregates: [] },
    functions: references,
    paths,
    timeZone,
    python,
    workingDirectory,
  };
  return savingStage(handle, facts, { folder, schemas, ...saved });
}
