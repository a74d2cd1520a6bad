/** Waits for a job of a cluster and tells how far it is. */
import { setTimeout as wait } from 'node:timers/promises';
import { EnvironmentError } from '../../core/index.js';
import {
  flinkFailure,
  type GatewaySession,
  isFinalState,
  type JobManager,
  RestFailure,
} from '../../operators/index.js';
import type { Reporter } from '../progress/reporter.js';

export interface AwaitedJob {
  readonly jobId: string;
  readonly session: GatewaySession;
  readonly jobManager: JobManager;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  /** Between two questions; 0.5 where it is not given. Sessions are kept alive by the way. */
  readonly secondsBetween?: number;
}

const QUESTIONS_PER_HEARTBEAT = 60;
/** In a row that get no answer, or SUSPENDED: a server that begins again answers by then. */
const MOST_FAILURES = 20;

/**
 * Returns when the job has finished.
 * @throws {EnvironmentError} FLINK_UNREACHABLE: nobody tells how the job is, which goes on; FLINK_SUSPENDED; FLINK_CANCELLED
 * where somebody has cancelled it there; {MillstreamError} FLINK_JOB_FAILED and the others of `flinkFailure`
 */
export async function awaitJob(job: AwaitedJob): Promise<void> {
  const { jobId, session, jobManager, reporter, signal, secondsBetween = 0.5 } = job;
  let shown = '';
  let failures = 0;
  let suspended = 0;
  for (let question = 0; ; question++) {
    const reading = await readState(job).catch(unanswered);
    failures = reading instanceof Error ? failures + 1 : 0;
    if (failures === MOST_FAILURES) throw silence(job, reading as Error);
    if (reading instanceof Error) {
      await wait(secondsBetween * 1000, undefined, { signal });
      continue;
    }
    const { state, isFinal, rows } = reading;
    if (state !== shown) reporter.note(`Job ${jobId}: ${state}`);
    shown = state;
    suspended = state === 'SUSPENDED' ? suspended + 1 : 0;
    if (suspended === MOST_FAILURES) throw suspension(job);
    if (rows !== null && rows > 0) reporter.progress({ rows, totalRows: null, stages: [] });
    if (isFinal) {
      reporter.hideProgress();
      if (state === 'FAILED') throw flinkFailure(await failureOf(jobManager, jobId), 'running');
      if (state !== 'FINISHED') throw cancelledThere(job);
      return;
    }
    if (question % QUESTIONS_PER_HEARTBEAT === 0) await session.heartbeat().catch(unanswered);
    await wait(secondsBetween * 1000, undefined, { signal });
  }
}

/** A server that says no, or nothing, may answer another time. @throws what else went wrong */
function unanswered(error: unknown): Error {
  if (error instanceof EnvironmentError || error instanceof RestFailure) return error;
  throw error;
}

function silence({ jobId, jobManager }: AwaitedJob, cause: Error): EnvironmentError {
  return new EnvironmentError(
    'FLINK_UNREACHABLE',
    `Nobody tells how the job ${jobId} is: ${cause.message.replace(/[.\s]+$/, '')}. The job goes on: ${jobManager.link(jobId)}`,
    { hint: 'See there how it ends; it can be cancelled there too.', cause },
  );
}

function cancelledThere({ jobId, jobManager }: AwaitedJob): EnvironmentError {
  return new EnvironmentError('FLINK_CANCELLED', `Somebody has cancelled the job ${jobId} on Flink.`, {
    hint: `No statement after it was sent. Its page: ${jobManager.link(jobId)}`,
  });
}

/** Of a JobManager that ends; where the cluster is highly available another one takes the job over, and this does not come to pass. */
function suspension({ jobId, jobManager }: AwaitedJob): EnvironmentError {
  return new EnvironmentError(
    'FLINK_SUSPENDED',
    `The job ${jobId} is suspended: its JobManager has stopped, and no other one has taken the job over.`,
    {
      hint: `A cluster with high availability goes on with it: ${jobManager.link(jobId)}. Another one does not; submit the job again.`,
    },
  );
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
    unanswered(error);
  }
  let state = 'UNKNOWN';
  const pause = () => wait(200, undefined, { signal });
  for await (const { columns, rows } of session.execute(`DESCRIBE JOB '${jobId}'`, pause)) {
    const at = columns.findIndex(({ name }) => name === 'status');
    for (const { values } of rows) state = String(values[at]);
  }
  return { state, isFinal: isFinalState(state), rows: null };
}

async function failureOf(jobManager: JobManager, jobId: string): Promise<string> {
  try {
    return await jobManager.failure(jobId);
  } catch (error) {
    unanswered(error);
    return 'its JobManager, which knows why, cannot be reached from here';
  }
}
