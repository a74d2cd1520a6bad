/** From a Python stage to its calls in function workers: what the plan says, in the words of the protocol. */
import type { FunctionStageHandle, OpenFunctionStage, Worker } from '../../bridge/index.js';
import type { PythonStage, StageGraph } from '../../core/index.js';
import type { Engine } from '../engine.js';
import { savingStage } from '../failures/saving-stage.js';
import type { FunctionReference } from '../function-workers.js';
import { columnSpecs, exchangeOf } from './open-relational.js';
import type { OpenPython } from './python-stage.js';

/** Opens `stage` in as many function workers as its parallelism says. */
export function openPython(stage: PythonStage, graph: StageGraph, engine: Engine): OpenPython {
  return async () => {
    const { columns, groups } = exchangeOf(graph, stage.inputs[0]!);
    const functions = [...new Set(stage.steps.map((step) => step.function))];
    const overrides = functions.flatMap((name) => {
      const options = engine.functionOverrides(name);
      return Object.keys(options).length === 0 ? [] : [{ function: name, options }];
    });
    const workers = await engine.functionWorkers.lease(stage.parallelism, functions, stage.workerGroup);
    const shipped = stage.shippedGroups.flatMap((group) => groups[group]!.map((column) => columns[column]!));
    const body = {
      stage: stage.id,
      mode: stage.mode,
      input: columnSpecs(shipped),
      steps: stage.steps,
      resultSteps: stage.resultSteps,
      outer: stage.outer,
      keyColumns: stage.keyColumns,
      tagColumn: stage.tagColumn,
      passedColumns: stage.passedColumns,
    };
    const references = functions.map((name) => engine.functionWorkers.reference(name));
    let isFirst = true;
    const first = () => {
      const was = isFirst;
      isFirst = false;
      return was;
    };
    const { id, parameters, cachedFiles } = engine.job;
    const parallelism = workers.length;
    return Promise.all(
      workers.map((worker, subtask) => {
        const context = {
          jobId: id,
          subtask,
          parallelism,
          attempt: 0,
          jobParameters: parameters,
          cachedFiles,
        };
        const stageBody = { ...body, context, overrides, sharedFolder: engine.temporaryDirectory };
        return openSaving(worker, stageBody, engine, references, first);
      }),
    );
  };
}

async function openSaving(
  worker: Worker,
  stage: Omit<OpenFunctionStage, 'kind'>,
  engine: Engine,
  functions: readonly FunctionReference[],
  first: () => boolean,
): Promise<FunctionStageHandle> {
  const handle = await worker.openFunctionStage(stage, null, (values) =>
    engine.measured.add(stage.context.subtask, values),
  );
  if (engine.failures === null) return handle;
  const { folder, timeZone } = engine.failures;
  const { workingDirectory, functionWorkers, schemas } = engine;
  const python = functionWorkers.interpreter(functions[0]!.name) ?? engine.failures.python;
  const facts = { stage, functions, paths: functionWorkers.paths, timeZone, python, workingDirectory };
  return savingStage(handle, facts, { folder, schemas, first });
}
