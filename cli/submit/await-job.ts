/** Waits for a job of a cluster and tells how far it is. */
import { setTimeout as wait } from 'node:timers/promises';
import { CancelledError, EnvironmentError } from '../../core/index.js';
import { flinkFailure, type GatewaySession, type JobManager } from '../../operators/index.js';
import type { Reporter } from '../progress/reporter.js';

export interface AwaitedJob {
  readonly jobId: string;
  readonly session: GatewaySession;
  readonly jobManager: JobManager;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

/** Between two questions; sessions are kept alive by the way. */
const SECONDS_BETWEEN = 0.5;
const QUESTIONS_PER_HEARTBEAT = 60;

/**
 * Returns when the job has finished.
 * @throws {MillstreamError} FLINK_JOB_FAILED and the others of `flinkFailure`; CANCELLED where somebody has cancelled it there
 */
export async function awaitJob(job: AwaitedJob): Promise<void> {
  const { jobId, session, jobManager, reporter, signal } = job;
  let shown = '';
  for (let question = 0; ; question++) {
    const { state, isFinal, rows } = await readState(job);
    if (state !== shown) reporter.note(`Job ${jobId}: ${state}`);
    shown = state;
    if (rows !== null && rows > 0) reporter.progress({ rows, totalRows: null, stages: [] });
    if (isFinal) {
      reporter.hideProgress();
      if (state === 'FAILED') throw flinkFailure(await failureOf(jobManager, jobId), 'running');
      if (state !== 'FINISHED')
        throw new CancelledError('CANCELLED', `The job ${jobId} was cancelled on Flink.`);
      return;
    }
    if (question % QUESTIONS_PER_HEARTBEAT === 0) await session.heartbeat();
    await wait(SECONDS_BETWEEN * 1000, undefined, { signal });
  }
}

interface State {
  readonly state: string;
  readonly isFinal: boolean;
  /** Null: not known. */
  readonly rows: number | null;
}

/** The JobManager knows more; where it cannot be reached from here the gateway is asked. */
async function readState({ jobId, session, jobManager, signal }: AwaitedJob): Promise<State> {
  try {
    const { state, isFinal, rowsRead } = await jobManager.read(jobId);
    return { state, isFinal, rows: rowsRead };
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
  }
  let state = 'UNKNOWN';
  const pause = () => wait(200, undefined, { signal });
  for await (const { columns, rows } of session.execute(`DESCRIBE JOB '${jobId}'`, pause)) {
    const at = columns.findIndex(({ name }) => name === 'status');
    for (const { values } of rows) state = String(values[at]);
  }
  return { state, isFinal: ['FINISHED', 'FAILED', 'CANCELED'].includes(state), rows: null };
}

async function failureOf(jobManager: JobManager, jobId: string): Promise<string> {
  try {
    return await jobManager.failure(jobId);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return 'its JobManager, which knows why, cannot be reached from here';
  }
}
