/** What the stages of a session share: workers, schemas, ports and the numbers they are given. */
import type { Bridge } from '../bridge/index.js';
import type { Clock, FunctionMetricSet, SchemaRegistry, SpillFiles, Timers } from '../core/index.js';
import type { FailedRows } from './failures/failed-rows.js';
import type { FunctionWorkers } from './function-workers.js';
import type { RelationalWorkers } from './relational-workers.js';
import type { MiniBatchLimits } from './streaming/mini-batch.js';
import type { EventTimeSettings } from './streaming/watermark-operator.js';

/** Sizes that jobs of a session work with; from the configuration and the memory tree. */
export interface EngineSizes {
  /** Rows of a batch that a relational stage makes, at most. */
  readonly batchRows: number;
  /** Hard cap of each relational worker. */
  readonly relationalWorkerBytes: number;
  /** DuckDB's memory limit inside that cap. */
  readonly relationalMemoryLimitBytes: number;
  /** Threads of DuckDB in each relational worker. */
  readonly relationalThreads: number;
  /** The same where the stage only reads files for functions. */
  readonly scanThreads: number;
  /** Credits of each streaming exchange, and what a Python stage holds in flight. */
  readonly bufferBytes: number;
  /** What the answer to one bundle may take of memory; the rest of it waits in a file. */
  readonly answerBytes: number;
  /** Most bytes on disk of spilled exchanges and answers, and of each relational worker; null: as many as it takes. */
  readonly temporaryBytes: number | null;
  /** How long state of streams is kept after it was written; 0: as long as the job runs. */
  readonly stateTtlMs: number;
  /** Of the groupings of streams; null: each batch by itself. */
  readonly miniBatch: MiniBatchLimits | null;
  /** How time of rows is said. */
  readonly eventTime: EventTimeSettings;
  /** Checkpoints hold what has changed since the one before. */
  readonly incrementalCheckpoints: boolean;
  /** Where state lies. */
  readonly stateBackend: 'hashmap' | 'lmdb';
  /** How long nothing may move in a stalled job before it fails. */
  readonly stallAfterMs: number;
}

/** What the functions of a job are told of it. */
export interface JobFacts {
  /** The run; made anew for each. */
  readonly id: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Absolute paths by name. */
  readonly cachedFiles: Readonly<Record<string, string>>;
}

export interface Engine {
  readonly job: JobFacts;
  /** How bundles that failed are kept; null: they are not. */
  readonly failures: {
    readonly folder: string;
    readonly python: string;
    readonly timeZone: string;
  } | null;
  /** What became of rows and workers that failed in the job. */
  readonly failedRows: FailedRows;
  /** What the functions of the job measure by themselves. */
  readonly measured: FunctionMetricSet;
  readonly bridge: Bridge;
  readonly functionWorkers: FunctionWorkers;
  readonly relationalWorkers: RelationalWorkers;
  readonly schemas: SchemaRegistry;
  readonly sizes: EngineSizes;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly spillFiles: SpillFiles;
  /** The job's settings for a function, in the words of `open_function_stage`. */
  readonly functionOverrides: (name: string) => Readonly<Record<string, string>>;
  /** The options of a function that are in force, the job's settings included. */
  readonly functionOptions: (name: string) => Readonly<Record<string, string | number | boolean>>;
  readonly workingDirectory: string;
  /** A folder of the session's own, removed when it closes: spilled data of DuckDB and of exchanges. */
  readonly temporaryDirectory: string;
  /** A folder in it that function workers share. */
  readonly functionsDirectory: string;
}
