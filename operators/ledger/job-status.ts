/** What a running job says of itself to those who ask at its socket. */

/** How a job stands. Of an idle session, and of one that waits, only what it holds is known. */
export interface JobStatus {
  readonly state: 'waiting' | 'planning' | 'running' | 'draining' | 'idle';
  /** Of the statement that runs; null where none does. */
  readonly mode: 'batch' | 'streaming' | null;
  /** Rows read by the statement that runs. */
  readonly rows: number | null;
  /** Rows it will have read; null where that is not known. */
  readonly totalRows: number | null;
  /** Seconds since the statement began. */
  readonly seconds: number | null;
  /** What a job that is granted no memory yet waits for; the functions that a running one is in. Null: neither. */
  readonly waitsFor: string | null;
  /** Resident memory of the core, and what its workers use. */
  readonly usedBytes: number;
  readonly workers: readonly WorkerStatus[];
}

/** One worker of a job. */
export interface WorkerStatus {
  readonly id: string;
  readonly name: string;
  readonly kind: 'function' | 'relational';
  readonly pid: number;
  /** Null where the system does not say. */
  readonly usedBytes: number | null;
  readonly capBytes: number;
  /** The stage that it is at work for; null: it is idle. */
  readonly stage: string | null;
  readonly function: string | null;
}

/** Where a worker is in its code. */
export interface WorkerStack extends Pick<WorkerStatus, 'id' | 'name' | 'pid' | 'stage' | 'function'> {
  /** Python stacks of all threads, or why there are none. */
  readonly text: string;
}

/** What became of a stop: the savepoint, or why there is none. */
export type StopAnswer =
  | { readonly path: string; readonly error: null }
  | {
      readonly path: null;
      readonly error: { readonly code: string; readonly message: string; readonly hint: string | null };
    };

/** Answers for a job. */
export interface JobVoice {
  status(): JobStatus;
  stacks(): Promise<readonly WorkerStack[]>;
  /**
   * Ends what runs by a savepoint in that folder (absolute), or in the one of its settings; gives where it is.
   * @throws {MillstreamError} where that is not possible; the job goes on
   */
  stop(by: { readonly savepoint: string | null }): Promise<string>;
}
