/** Every stage kind and connector → its operator. A new operator is one line here. */
import { resolve } from 'node:path';
import {
  DEAD_LETTER_CONNECTOR,
  type FileSink,
  type Operator,
  type OperatorRegistry,
  type OperatorSurroundings,
  PlanError,
  type PythonStage,
  type RelationalStage,
  type SinkStage,
  type SourceOperator,
  type SourceStage,
  type StreamStage,
  withFiles,
} from '../core/index.js';
import type { ConnectorHost } from './connectors/connector.js';
import { CONNECTORS } from './connectors/connectors.js';
import type { Engine } from './engine.js';
import { type FileOutput, openFileOutput } from './file-output.js';
import { SpillScope } from './ports/spill-scope.js';
import { BlackholeSink } from './sinks/blackhole.js';
import { CollectSink } from './sinks/collect.js';
import { PrintSink, type WriteText } from './sinks/print.js';
import type { ResultQueue } from './sinks/result-queue.js';
import { type KeptParts, RollingFileSink } from './sinks/rolling-file-sink.js';
import { datagenSource } from './sources/datagen.js';
import { DeadLetterSource } from './sources/dead-letters.js';
import { encodePosition, identitiesOf, rowsBefore } from './sources/file-position.js';
import { MonitoredFiles } from './sources/monitored-files.js';
import { nexmarkSource } from './sources/nexmark/nexmark-source.js';
import { whyReadOnce } from './sources/read-once.js';
import { openPython } from './stages/open-python.js';
import { exchangeOf, openRelational } from './stages/open-relational.js';
import { PythonOperator } from './stages/python-stage.js';
import { RelationalOperator, RelationalSource } from './stages/relational-stage.js';
import { SplitSource } from './stages/split-source.js';
import { StageCalls } from './stages/stage-calls.js';
import { openState } from './state/open-state.js';
import { lookupOperator } from './streaming/lookup/lookup-operator.js';
import { pythonStreamOperator, streamOperator } from './streaming/stream-operator.js';

/** What one job hands to its operators. */
export interface JobEnds {
  /** Where the sink of a SELECT puts its batches; null for a job without one. */
  readonly results: ResultQueue | null;
  /** Whether the reader of `results` is told of what the job stopped with: no other attempt of it follows. */
  readonly endsResult: (reason: unknown) => boolean;
  /** The open output of each file sink, by stage. */
  readonly outputs: ReadonlyMap<string, FileOutput>;
  /** The parts of each file sink of a job with checkpoints, by stage; null: the job takes none. */
  readonly kept: ReadonlyMap<string, KeptParts> | null;
  /** Between two checkpoints; null: none are taken but savepoints, by hand. */
  readonly checkpointIntervalMs: number | null;
  /** As `ConnectorHost`; of all attempts of the job. */
  readonly leftBehind: Set<string>;
  /** Where `print` writes. */
  readonly print: WriteText;
  /** Tells the user, on standard error. */
  readonly onNote: (text: string) => void;
}

/** A source that a program handed in, by connector name. */
export type SourceFactory = (stage: SourceStage, job: OperatorSurroundings) => SourceOperator;

/** The registry of one job; `sources` adds connectors of the session. */
export function createRegistry(
  engine: Engine,
  ends: JobEnds,
  sources: ReadonlyMap<string, SourceFactory> = new Map(),
): OperatorRegistry {
  return {
    create: (stage, job) => {
      switch (stage.kind) {
        case 'relational':
          return relational(stage, job, engine, ends);
        case 'python':
          return python(stage, job, engine);
        case 'stream':
          return stream(stage, job, engine, ends);
        case 'source':
          return source(stage, job, engine, ends, sources);
        case 'sink':
          return sink(stage, job, engine, ends);
      }
    },
  };
}

function python(stage: PythonStage, job: OperatorSurroundings, engine: Engine): Operator | SourceOperator {
  const files = new SpillScope(engine.spillFiles);
  const spill = { files, name: `${stage.id} (answers)`, memoryBytes: engine.sizes.answerBytes };
  const open = openPython(stage, job.graph, engine, spill);
  const calls = new StageCalls(stage, open, engine.failedRows, engine.timers, {
    mayReplay: (name) => engine.functionOptions(name).replay !== false,
    onClosed: () => files.close(),
  });
  if (stage.stream !== null)
    return pythonStreamOperator(stage, stage.stream, calls, job, openState(engine), engine.sizes.miniBatch);
  const operator = new PythonOperator(stage, calls);
  return stage.source === null ? operator : new SplitSource(operator, stage.source.splits);
}

function stream(stage: StreamStage, job: OperatorSurroundings, engine: Engine, ends: JobEnds): Operator {
  const { operator } = stage;
  return operator.kind === 'lookup'
    ? lookupOperator({ ...stage, operator }, job, hostOf(job, engine, ends), openState(engine))
    : streamOperator(stage, job, openState(engine), engine.sizes.miniBatch, engine.sizes.eventTime);
}

function relational(
  stage: RelationalStage,
  job: OperatorSurroundings,
  engine: Engine,
  ends: JobEnds,
): Operator | SourceOperator {
  const once = () => whyReadOnce(stage.files);
  const parts = ends.kept?.get(stage.id);
  if (parts !== undefined) {
    return rolling(stage.sink!, engine, parts, (part) => {
      const open = openRelational(stage, job.graph, engine, part);
      return new RelationalOperator(open, stage.inputs.length, stage.perBatch);
    });
  }
  const output = ends.outputs.get(stage.id) ?? null;
  if (stage.inputs.length > 0) {
    const open = openRelational(stage, job.graph, engine, output);
    return new RelationalOperator(open, stage.inputs.length, stage.perBatch, once);
  }
  const monitored = stage.files.find(({ monitorMs }) => monitorMs !== null);
  if (monitored !== undefined) {
    const openOver = (files: readonly string[], before: number) => {
      const sql = withFiles(stage.sql, monitored.path, files);
      return openRelational(
        { ...stage, sql: behind(sql, before), keepsOrder: true },
        job.graph,
        engine,
        null,
      );
    };
    const folder = resolve(engine.workingDirectory, monitored.path);
    return new MonitoredFiles({ ...monitored, path: folder }, openOver, job.restored?.get(stage.id) ?? null);
  }
  if (ends.kept === null) return new RelationalSource(openRelational(stage, job.graph, engine, output), once);
  const state = job.restored?.get(stage.id) ?? null;
  const before = state === null ? 0 : rowsBefore(state, stage.files);
  const files = identitiesOf(stage.files);
  const open = openRelational({ ...stage, sql: behind(stage.sql, before) }, job.graph, engine, null);
  return new RelationalSource(open, once, (rows) => encodePosition({ rows: before + rows, files }));
}

/** The rows of a query without the first ones. */
function behind(sql: string, rows: number): string {
  return rows === 0 ? sql : `SELECT * FROM (${sql}) OFFSET ${rows}`;
}

/** A sink of a job with checkpoints writes each part anew. */
function rolling(
  files: FileSink,
  engine: Engine,
  parts: KeptParts,
  writerOf: (output: FileOutput) => Operator,
): Operator {
  const open = () => openFileOutput(files, (paths) => engine.bridge.guard(paths), parts.origin);
  return new RollingFileSink(parts, open, writerOf);
}

function source(
  stage: SourceStage,
  job: OperatorSurroundings,
  engine: Engine,
  ends: JobEnds,
  sources: ReadonlyMap<string, SourceFactory>,
): SourceOperator {
  if (stage.connector === 'datagen') return datagenSource(stage, job, engine.clock);
  if (stage.connector === 'nexmark') return nexmarkSource(stage, job, engine.clock);
  if (stage.connector === DEAD_LETTER_CONNECTOR) {
    return new DeadLetterSource(stage, job, () => engine.failedRows.letters.queue(stage.options.queue ?? ''));
  }
  const factory = sources.get(stage.connector);
  if (factory !== undefined) return factory(stage, job);
  const made = CONNECTORS.get(stage.connector)?.source?.(stage, hostOf(job, engine, ends));
  if (made !== undefined) return made;
  throw new PlanError('PLAN_CONNECTOR', `No source is registered for connector '${stage.connector}'.`);
}

function sink(stage: SinkStage, job: OperatorSurroundings, engine: Engine, ends: JobEnds): Operator {
  const connector = CONNECTORS.get(stage.connector);
  const host = hostOf(job, engine, ends);
  if (stage.files !== null) {
    const writerOf = (output: FileOutput) => connector!.fileWriter!(stage, host, output);
    const parts = ends.kept?.get(stage.id);
    if (parts === undefined) return writerOf(ends.outputs.get(stage.id)!);
    return rolling(stage.files, engine, parts, writerOf);
  }
  const made = connector?.sink?.(stage, host);
  if (made !== undefined) return made;
  switch (stage.connector) {
    case 'collect':
      return new CollectSink(ends.results!, ends.endsResult);
    case 'print':
      return new PrintSink(stage, exchangeOf(job.graph, stage.inputs[0]!), job.schemas, ends.print);
    case 'blackhole':
      return new BlackholeSink();
    default:
      throw new PlanError('PLAN_CONNECTOR', `No sink is registered for connector '${stage.connector}'.`);
  }
}

function hostOf(
  job: OperatorSurroundings,
  { clock, failedRows, workingDirectory }: Engine,
  { onNote, kept, checkpointIntervalMs, leftBehind }: JobEnds,
): ConnectorHost {
  const { letters } = failedRows;
  return {
    job,
    clock,
    workingDirectory,
    onNote,
    isCheckpointed: kept !== null,
    checkpointIntervalMs,
    leftBehind,
    writeRejected: (stage, records) => letters.writeRecords(stage, records),
  };
}
