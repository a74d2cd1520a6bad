/**
 * The error tree. Every failure a user can meet is one of these, in both languages, with one JSON form
 * (bridge/protocol, `error`).
 *
 *   MillstreamError
 *   ├── SqlError              text that cannot be parsed or bound; has line, column, length
 *   ├── PlanError             a valid statement that this engine cannot run; says the rewriting
 *   ├── ConfigurationError    an option, a key, a job file
 *   ├── SourceError           input that is missing or does not fit
 *   ├── SinkError             output that cannot be written
 *   ├── UdfError              a user-defined function: import, declaration, exception, result
 *   ├── EnvironmentError      Python interpreter or packages
 *   ├── WorkerError           a worker process: start, out of memory, crash, timeout, killed
 *   ├── ResourceError         memory or cores that do not suffice, with the arithmetic
 *   ├── CancelledError        the user stopped it
 *   └── InternalError         a defect of Millstream; asks for a report
 */

/** Facts about the place of a failure; null where they do not apply. */
export interface ErrorDetails {
  /** Name of the function, as the job calls it. */
  readonly function: string | null;
  readonly file: string | null;
  /** 1-based line in `file` or in the SQL text. */
  readonly line: number | null;
  /** 1-based column in the SQL text. */
  readonly column: number | null;
  /** Characters the span covers. */
  readonly length: number | null;
  readonly stage: string | null;
  readonly worker: string | null;
  /** Sequence number of the bundle. */
  readonly bundle: number | null;
  /** 0-based row in the bundle. */
  readonly row: number | null;
  /** The row's argument values as text, by argument name. */
  readonly values: Readonly<Record<string, string>> | null;
  /** Python traceback from the user's first frame on. */
  readonly traceback: string | null;
}

/** Line and column of a piece of SQL text, and how long it is. */
export type TextPlace = Pick<ErrorDetails, 'line' | 'column' | 'length'>;

export const NO_DETAILS: ErrorDetails = {
  function: null,
  file: null,
  line: null,
  column: null,
  length: null,
  stage: null,
  worker: null,
  bundle: null,
  row: null,
  values: null,
  traceback: null,
};

export interface ErrorOptions {
  readonly details?: Partial<ErrorDetails>;
  /** What to do, one or two sentences; the third part of every message. */
  readonly hint?: string | null;
  readonly cause?: unknown;
}

/** Base of all errors that Millstream raises. `code` is stable (docs/errors.md lists them all). */
export class MillstreamError extends Error {
  readonly code: string;
  readonly details: ErrorDetails;
  readonly hint: string | null;

  constructor(code: string, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.details = { ...NO_DETAILS, ...options.details };
    this.hint = options.hint ?? null;
  }
}

export class SqlError extends MillstreamError {}
export class PlanError extends MillstreamError {}
export class ConfigurationError extends MillstreamError {}
export class SourceError extends MillstreamError {}
export class SinkError extends MillstreamError {}
export class UdfError extends MillstreamError {}
export class EnvironmentError extends MillstreamError {}
export class WorkerError extends MillstreamError {}
export class ResourceError extends MillstreamError {}
export class CancelledError extends MillstreamError {}
export class InternalError extends MillstreamError {}

/** The class for a `kind` on the wire. */
export const ERROR_KINDS = {
  sql: SqlError,
  plan: PlanError,
  configuration: ConfigurationError,
  source: SourceError,
  sink: SinkError,
  udf: UdfError,
  environment: EnvironmentError,
  worker: WorkerError,
  resource: ResourceError,
  cancelled: CancelledError,
  internal: InternalError,
} as const;

export type ErrorKind = keyof typeof ERROR_KINDS;
