/** Sends the statements of a job to a gateway, one after the other. */
import { setTimeout as wait } from 'node:timers/promises';
import { EnvironmentError, type MillstreamError, positionAt, type Statement } from '../../core/index.js';
import {
  type ExportedStatement,
  flinkFailure,
  type GatewayPage,
  type GatewaySession,
  isWriting,
  type JobManager,
  RestFailure,
  ResultRows,
} from '../../operators/index.js';
import { resultOutput } from '../commands/with-session.js';
import type { CommandContext } from '../context.js';
import { createFormat, type FormatName } from '../format/formats.js';
import { rowCount } from '../progress/numbers.js';
import type { Reporter } from '../progress/reporter.js';
import { awaitJob } from './await-job.js';
import type { JobElsewhere } from './cancel-question.js';

/** Everything that statements need. */
export interface ClusterRun {
  readonly session: GatewaySession;
  readonly jobManager: JobManager;
  readonly reporter: Reporter;
  readonly context: CommandContext;
  /** The script; errors point into it. */
  readonly sql: string;
  readonly format: Exclude<FormatName, 'arrow'>;
  readonly mode: 'batch' | 'streaming';
  /** False: jobs that write are left running. */
  readonly waits: boolean;
  /** Told of the job that runs; null: it has ended. Resolves when nobody is being asked about it any more. */
  readonly onJob: (job: JobElsewhere | null) => Promise<void>;
}

/** @throws {MillstreamError} of the statement that failed; those after it were not sent */
export async function runStatements(
  run: ClusterRun,
  statements: readonly ExportedStatement[],
): Promise<void> {
  for (const { statement, text } of statements) {
    try {
      await runStatement(run, statement, text);
    } catch (error) {
      if (!(error instanceof RestFailure)) throw error;
      throw flinkFailure(error.text, 'planning', placeOf(run.sql, statement));
    }
  }
}

/** Runs what answers nothing that is printed: ADD JAR. */
export async function runQuietly({ session, context }: ClusterRun, text: string): Promise<void> {
  try {
    for await (const _ of session.execute(text, pauseOf(context)));
  } catch (error) {
    throw error instanceof RestFailure ? flinkFailure(error.text, 'planning') : error;
  }
}

async function runStatement(run: ClusterRun, statement: Statement, text: string): Promise<void> {
  const { session, context, reporter } = run;
  if (statement.kind === 'query_statement') return printQuery(run, statement, text);
  let jobId: string | null = null;
  const pages: GatewayPage[] = [];
  for await (const page of session.execute(text, pauseOf(context))) {
    jobId ??= page.jobId;
    if (page.rows.length > 0) pages.push(page);
  }
  if (isWriting(statement) && jobId !== null) return followJob(run, jobId);
  const output = resultOutput(reporter, context);
  if (statement.kind === 'explain') await output.write(`${pages[0]?.rows[0]?.values[0] ?? ''}\n`);
  else if (statement.kind === 'show' || statement.kind === 'describe') await printPages(run, pages, false);
}

async function followJob(run: ClusterRun, jobId: string): Promise<void> {
  const { session, jobManager, reporter, waits, onJob, context } = run;
  const link = jobManager.link(jobId);
  reporter.note(`Job ${jobId}: ${link}`);
  if (!waits) {
    await context.stdout.write(`${jobId}\n`);
    return;
  }
  await onJob({ jobId, link, cancel: () => jobManager.cancel(jobId) });
  try {
    await awaitJob({ jobId, session, jobManager, reporter, signal: context.signal });
  } finally {
    await onJob(null);
  }
  // Ctrl-C while it ended: what comes after it is not sent.
  context.signal.throwIfAborted();
}

async function printQuery(run: ClusterRun, statement: Statement, text: string): Promise<void> {
  const updates = run.mode === 'streaming' && (await hasUpdates(run, text));
  let jobId: string | null = null;
  const noted = async function* () {
    for await (const page of run.session.execute(text, pauseOf(run.context))) {
      if (jobId === null && page.jobId !== null) {
        jobId = page.jobId;
        run.reporter.note(`Job ${jobId}: ${run.jobManager.link(jobId)}`);
      }
      yield page;
    }
  };
  try {
    await printPages(run, noted(), updates);
  } catch (error) {
    if (jobId !== null && error instanceof EnvironmentError) throw await withoutGateway(run, jobId, error);
    if (!(error instanceof RestFailure)) throw error;
    throw flinkFailure(error.text, jobId === null ? 'planning' : 'running', placeOf(run.sql, statement));
  }
}

/** A gateway that is gone leaves the job of a query behind, whose rows nobody can take. */
async function withoutGateway(
  { jobManager }: ClusterRun,
  jobId: string,
  cause: EnvironmentError,
): Promise<EnvironmentError> {
  const what = await jobManager.cancel(jobId).then(
    () => 'was cancelled',
    () => `goes on: ${jobManager.link(jobId)}`,
  );
  const message = `${cause.message.replace(/\.$/, '')}, in the middle of a result. Its job ${jobId} ${what}.`;
  return new EnvironmentError(cause.code, message, {
    hint: 'See whether the gateway still runs, and submit the job again.',
    cause,
  });
}

async function printPages(
  run: ClusterRun,
  pages: Iterable<GatewayPage> | AsyncIterable<GatewayPage>,
  updates: boolean,
): Promise<void> {
  const { reporter, context, format, mode } = run;
  const output = resultOutput(reporter, context);
  const rows = createFormat(format, context.terminalColumns, mode === 'batch');
  let printed: ResultRows | null = null;
  let count = 0;
  for await (const page of pages) {
    if (printed === null) {
      if (page.columns.length === 0) continue;
      printed = new ResultRows(page.columns, updates);
      await output.write(rows.begin(page.columns));
    }
    if (page.rows.length === 0) continue;
    count += page.rows.length;
    await output.write(rows.rows(printed.batch(page)));
    if (output.isClosed) return;
  }
  await output.write(rows.end());
  reporter.hideProgress();
  if (format === 'table') reporter.note(rowCount(count));
}

/** Whether rows of the result change: what Flink itself plans. */
async function hasUpdates({ session, context }: ClusterRun, text: string): Promise<boolean> {
  let plan = '';
  for await (const { rows } of session.execute(`EXPLAIN CHANGELOG_MODE ${text}`, pauseOf(context)))
    for (const { values } of rows) plan += String(values[0]);
  return !/changelogMode=\[I\]/.test(plan.split('\n').find((line) => line.includes('changelogMode')) ?? '');
}

function pauseOf({ signal }: CommandContext): () => Promise<void> {
  return () => wait(100, undefined, { signal });
}

function placeOf(sql: string, statement: Statement): Partial<MillstreamError['details']> {
  const { start, end } = statement.span;
  return { ...positionAt(sql, start), length: end - start };
}
