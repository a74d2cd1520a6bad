/** Jobs that a PyFlink of this machine runs: in a mini cluster of its own, or at a JobManager by `flink run`. */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CancelledError, EnvironmentError } from '../../core/index.js';
import { flinkFailure } from '../../operators/index.js';
import type { CommandContext } from '../context.js';
import { EXIT_DONE } from '../exit-codes.js';
import type { ScriptJob } from '../job/job.js';
import { type ExportOptions, exportTo } from './export.js';

export interface SubmitOptions extends Omit<ExportOptions, 'folder'> {
  /** A Python that has PyFlink. */
  readonly python: string;
  /** The cluster that runs it; null: a mini cluster in the driver. */
  readonly jobManager?: { readonly url: string; readonly pythonOfWorkers: string | null } | null;
}

/**
 * Exports the job into a temporary folder and runs its driver; rows go to stdout as Flink prints them. Ctrl-C ends the driver,
 * and with it a mini cluster.
 * @throws {EnvironmentError} FLINK_MISSING; FLINK_JOB_FAILED and the others of `flinkFailure`; {CancelledError} CANCELLED
 */
export async function submitJob(
  job: ScriptJob,
  options: SubmitOptions,
  context: CommandContext,
): Promise<number> {
  await findFlink(options.python, context.signal);
  const folder = await mkdtemp(join(tmpdir(), 'millstream-submit-'));
  try {
    const exported = await exportTo(join(folder, 'job'), job, options, context);
    if (exported.folder === null) return exported.exitCode;
    const driver = join(exported.folder, 'driver.py');
    await runDriver(await driverCommand(options, driver), options.jobManager?.url ?? null, context);
    return EXIT_DONE;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Looks for the module and does not import it, which takes seconds. */
const HAS_FLINK = 'import importlib.util, sys; sys.exit(importlib.util.find_spec("pyflink.table") is None)';

async function findFlink(python: string, signal: AbortSignal): Promise<void> {
  try {
    await promisify(execFile)(python, ['-c', HAS_FLINK], { signal });
  } catch {
    if (signal.aborted) throw cancelled();
    throw new EnvironmentError('FLINK_MISSING', `The Python ${python} has no PyFlink.`, {
      hint: 'Install apache-flink into an environment of its own and name its Python: --python venv/bin/python.',
    });
  }
}

/** Of what a driver prints, for the error it ends with: characters. */
const MOST_KEPT = 100_000;

const HOME =
  'import importlib.util; print(importlib.util.find_spec("pyflink").submodule_search_locations[0])';

/** `python driver.py`, or the `flink run` of the Python's own package. */
async function driverCommand({ python, jobManager }: SubmitOptions, driver: string): Promise<string[]> {
  if (jobManager == null) return [python, driver];
  const { stdout } = await promisify(execFile)(python, ['-c', HOME]);
  const { host } = new URL(jobManager.url);
  const { pythonOfWorkers } = jobManager;
  return [
    join(stdout.trim(), 'bin/flink'),
    ...['run', '-m', host, '-pyclientexec', python],
    ...(pythonOfWorkers === null ? [] : ['-pyexec', pythonOfWorkers]),
    ...['-py', driver],
  ];
}

async function runDriver(
  [program = '', ...args]: readonly string[],
  jobManager: string | null,
  { stdout, stderr, signal }: CommandContext,
): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let last = '';
  const stop = () => {
    child.kill('SIGINT');
    // `flink run` ends alone.
    if (jobManager !== null) stderr.write(`\n${whatGoesOn(last, jobManager)}\n`);
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  for await (const chunk of child.stdout.setEncoding('utf8') as AsyncIterable<string>) {
    last = (last + chunk).slice(-MOST_KEPT);
    await stdout.write(chunk);
  }
  const status = await ended;
  signal.removeEventListener('abort', stop);
  if (signal.aborted) throw jobManager === null ? cancelled() : left();
  // `flink run` gives the traceback of its driver on stdout.
  if (status !== 0) throw flinkFailure(`${last}\n${errors}`, 'running');
}

/** @param printed by `flink run` */
function whatGoesOn(printed: string, jobManager: string): string {
  const ids = [...printed.matchAll(/submitted with JobID ([0-9a-f]{32})/g)];
  const id = ids.at(-1)?.[1];
  return id === undefined
    ? `A job that was submitted already goes on: ${jobManager}/#/job/running`
    : `The job ${id} goes on: ${jobManager}/#/job/running/${id}`;
}

function left(): CancelledError {
  return new CancelledError('CANCELLED', 'The command was ended; a job that it submitted goes on.');
}

function cancelled(): CancelledError {
  return new CancelledError('CANCELLED', 'The job on Flink was ended.');
}
