/** From a Python stage to its calls in function workers: what the plan says, in the words of the protocol. */
import type {
  AnswerSpill,
  Bundle,
  FunctionStageHandle,
  OpenFunctionStage,
  Worker,
} from '../../bridge/index.js';
import { decodeBatch, jsonWriter, type PythonStage, type StageGraph } from '../../core/index.js';
import type { Engine } from '../engine.js';
import { type BundleSaving, savingStage } from '../failures/saving-stage.js';
import { partOf } from '../retry/bundle-part.js';
import type { OnError, RetryPolicy } from '../retry/retry-decision.js';
import { RetryingStage } from '../retry/retrying-stage.js';
import { RowFailures } from '../retry/row-failures.js';
import { smallerBundles } from '../retry/smaller-bundles.js';
import { UnfinishedGroup } from '../retry/unfinished-group.js';
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
      describe: rowDescriber(stage, graph, engine, readColumns(0)),
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
    const handle = await RetryingStage.open({
      stage: stage.id,
      openIn: async (attempt) => {
        // Its place is taken by another only when it is gone.
        await worker?.ended;
        worker = await engine.functionWorkers.leaseOne(subtask, functions, stage.workerGroup);
        const opened = await worker.openFunctionStage(
          { ...body(), context: contextOf(subtask, attempt) },
          limits(),
          (values) => engine.measured.add(subtask, values),
          spill,
        );
        return policy.isDivisible ? smallerBundles(opened, worker) : opened;
      },
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
    outer: stage.outer,
    keyColumns: stage.keyColumns,
    tagColumn: stage.tagColumn,
    passedColumns: stage.passedColumns,
    overrides: functions.flatMap((name) => {
      const options = engine.functionOverrides(name);
      return Object.keys(options).length === 0 ? [] : [{ function: name, options }];
    }),
    sharedFolder: engine.functionsDirectory,
    source: stage.source === null ? null : splitSource(stage, stage.source, engine),
  };
}

function retryPolicy(stage: PythonStage, functions: readonly string[], engine: Engine): RetryPolicy {
  return {
    mayReplay: functions.every((name) => engine.functionOptions(name).replay !== false),
    isDivisible: DIVISIBLE.has(stage.mode),
    givesUpRows: functions.some((name) => onErrorOf(name, engine) !== 'fail'),
  };
}

/** Modes in which rows of a bundle do not depend on each other, nor on bundles before. */
const DIVISIBLE: ReadonlySet<PythonStage['mode']> = new Set(['scalar', 'filter', 'table', 'partial']);

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

/** Reads the columns of one row as JSON text, for errors and dead letters. */
function rowDescriber(
  stage: PythonStage,
  graph: StageGraph,
  engine: Engine,
  readColumns: (bundle: Bundle) => Promise<Bundle>,
): (bundle: Bundle, row: number) => Promise<Readonly<Record<string, string>> | null> {
  const { columns, groups } = inputOf(stage, graph);
  const names = parameterNames(stage, engine);
  const positions = stage.shippedGroups.flatMap((group) => groups[group]!);
  const exchange = {
    columns: positions.map((position) => columns[position]!),
    groups:
      stage.source === null
        ? stage.shippedGroups.map((group) => groups[group]!.map((position) => positions.indexOf(position)))
        : [positions.map((_, i) => i)],
  };
  return async (bundle, row) => {
    try {
      const isSplit = bundle.split !== undefined;
      const {
        rows,
        groups: columnGroups,
        continued,
      } = isSplit ? await readColumns(partOf(bundle, { start: row, rows: 1 })) : bundle;
      const decoded = decodeBatch(
        { kind: 'batch', rows, groups: columnGroups, continued },
        exchange,
        engine.schemas,
      );
      return Object.fromEntries(
        decoded.map(({ name, type, value }, i) => [
          names[i] ?? name,
          shortened(jsonWriter(type)(value(isSplit ? 0 : row))),
        ]),
      );
    } catch {
      // A row that cannot be read is still named by its position.
      return null;
    }
  };
}

/** By shipped column, the parameter of the first function that takes it. */
function parameterNames(stage: PythonStage, engine: Engine): string[] {
  const names: string[] = [];
  for (const step of stage.steps) {
    const { parameters } = engine.functionWorkers.declared(step.function);
    step.arguments.forEach((argument, i) => {
      if (argument.kind !== 'column') return;
      const name = step.argumentNames[i] ?? parameters[i]?.name;
      if (name !== undefined) names[argument.column] ??= name;
    });
  }
  return names;
}

const LONGEST_VALUE = 200;

function shortened(text: string): string {
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE - 3)}...`;
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
    stage: { ...stage, source: null },
    functions: references,
    paths,
    timeZone,
    python,
    workingDirectory,
  };
  return savingStage(handle, facts, { folder, schemas, ...saved });
}
