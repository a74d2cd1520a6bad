/** Messages of the control connection: one frame, the JSON message. */
import type { MetricValue } from '../../core/index.js';
import type { WireError } from './data-messages.js';
import type {
  AnalyzeFunction,
  Cancel,
  CloseStage,
  DescribeFiles,
  DumpStack,
  LoadFunctions,
  OpenFunctionStage,
  OpenRelationalStage,
  Shutdown,
} from './instructions.js';

// From a worker.

/** First message of a worker. A wrong token or protocol closes the connection. */
export interface Hello {
  readonly type: 'hello';
  readonly protocol: number;
  readonly token: string;
  readonly worker: string;
  readonly epoch: number;
  readonly pid: number;
  readonly kind: 'function' | 'relational';
  /** Versions by name: python, pyarrow, pyzmq, millstream, and duckdb for relational workers. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Answer to one instruction; `result` has the instruction's own form, null on error. */
export interface Reply {
  readonly type: 'reply';
  readonly instruction: number;
  readonly error: WireError | null;
  readonly result: unknown;
}

/** Every `heartbeatMs`, from a thread that runs no user code. */
export interface Heartbeat {
  readonly type: 'heartbeat';
  /** CLOCK_MONOTONIC, nanoseconds as decimal text. */
  readonly timeNs: string;
  /** Resident bytes of the process. */
  readonly rssBytes: number;
  /** What runs now; null when idle. */
  readonly running: Progress | null;
}

export interface Progress {
  readonly stage: string;
  /** Bundle sequence; null in relational stages. */
  readonly sequence: number | null;
  readonly function: string | null;
  /** Rows finished in this bundle or stage. */
  readonly rows: number;
  /** Part of a relational stage's files that has been read, 0 to 1; null where that is not known. */
  readonly fraction: number | null;
}

/** A line printed or logged inside the worker. */
export interface Log {
  readonly type: 'log';
  readonly source: 'stdout' | 'stderr' | 'logging';
  /** DEBUG, INFO, WARNING, ERROR or CRITICAL; INFO for stdout and stderr. */
  readonly level: string;
  readonly function: string | null;
  readonly text: string;
  /** Lines left out by the rate limit since the last message. */
  readonly dropped: number;
}

/** What the functions of a stage measured since the last message: between bundles, and before `close_stage` is answered. */
export interface Metrics {
  readonly type: 'metrics';
  readonly stage: string;
  readonly values: readonly MetricValue[];
}

// To a worker.

/** Accepts the worker and provisions it. */
export interface Welcome {
  readonly type: 'welcome';
  readonly limits: Limits;
  readonly heartbeatMs: number;
  /** Lowest level of Python `logging` that is sent. */
  readonly logLevel: string;
  /** Levels of single loggers, by their name. */
  readonly logLevels: Readonly<Record<string, string>>;
  /** IANA name; sessions of relational stages and LTZ conversions use it. */
  readonly timeZone: string;
  /** Every message of the data connection ends with a frame more: `checksum.ts`. */
  readonly checksum: boolean;
}

export interface Limits {
  /** Hard cap of the process tree in bytes; null where nothing is enforced. */
  readonly memoryBytes: number | null;
  readonly cpus: number | null;
  readonly processes: number | null;
  readonly openFiles: number | null;
}

/** Work to do; answered by one `reply` with the same id. */
export interface Instruction {
  readonly type: 'instruction';
  readonly id: number;
  readonly body:
    | LoadFunctions
    | AnalyzeFunction
    | DescribeFiles
    | OpenFunctionStage
    | OpenRelationalStage
    | CloseStage
    | Cancel
    | DumpStack
    | Shutdown;
}
