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
  /** Waits between two questions; a timer where it is not given. @throws where the signal is aborted */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const QUESTIONS_PER_HEARTBEAT = 60;
/** In a row that get no answer: a server that begins again answers by then. */
const MOST_FAILURES = 20;
/** Another JobManager takes a job over within 15 to 60 s, and may give no answer meanwhile. */
const MOST_SECONDS_SUSPENDED = 120;

/**
 * Returns when the job has finished.
 * @throws {EnvironmentError} FLINK_UNREACHABLE: nobody tells how the job is, which goes on; FLINK_SUSPENDED: it has been so for
 * two minutes; FLINK_CANCELLED where somebody has cancelled it there; {MillstreamError} FLINK_JOB_FAILED and the others of `flinkFailure`
 */
export async function awaitJob(job: AwaitedJob): Promise<void> {
  const { jobId, session, jobManager, reporter, signal, secondsBetween = 0.5, pause = timer } = job;
  let shown = '';
  let failures = 0;
  let suspendedSince: number | null = null;
  for (let question = 0; ; question++) {
    const reading = await readState(job).catch(unanswered);
    failures = reading instanceof Error ? failures + 1 : 0;
    if (!(reading instanceof Error)) {
      suspendedSince = reading.state === 'SUSPENDED' ? (suspendedSince ?? question) : null;
    }
    if (suspendedSince !== null) {
      const seconds = (question - suspendedSince) * secondsBetween;
      if (seconds >= MOST_SECONDS_SUSPENDED) throw suspension(job, seconds);
    } else if (failures >= MOST_FAILURES) throw silence(job, reading as Error);
    if (reading instanceof Error) {
      await pause(secondsBetween * 1000, signal);
      continue;
    }
    const { state, isFinal, rows } = reading;
    if (state !== shown) reporter.note(`Job ${jobId}: ${state}`);
    shown = state;
    if (rows !== null && rows > 0) reporter.progress({ rows, totalRows: null, stages: [] });
    if (isFinal) {
      reporter.hideProgress();
      if (state === 'FAILED') throw flinkFailure(await failureOf(jobManager, jobId), 'running');
      if (state !== 'FINISHED') throw cancelledThere(job);
      return;
    }
    if (question % QUESTIONS_PER_HEARTBEAT === 0) await session.heartbeat().catch(unanswered);
    await pause(secondsBetween * 1000, signal);
  }
}

async function timer(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal });
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
function suspension({ jobId, jobManager }: AwaitedJob, seconds: number): EnvironmentError {
  return new EnvironmentError(
    'FLINK_SUSPENDED',
    `The job ${jobId} has been suspended for ${Math.round(seconds)} s: its JobManager has stopped.`,
    {
      hint: `See on its page whether it goes on: ${jobManager.link(jobId)}. A cluster with high availability may still take it over; submit it again only where it does not.`,
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
  const untilReady = () => timer(200, signal);
  for await (const { columns, rows } of session.execute(`DESCRIBE JOB '${jobId}'`, untilReady)) {
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
