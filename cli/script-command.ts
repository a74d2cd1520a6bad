/** What commands on a script share: their arguments, and what is made of them. */
import { type Command, Option } from 'commander';
import { collectSetting } from './arguments.js';
import type { ScriptOptions } from './commands/with-session.js';
import type { Job, ScriptJob } from './job/job.js';
import { JobError } from './job/job-error.js';
import { readJob } from './job/read-job.js';

/** Called with the job's text as soon as it is read, for errors that point into it. */
export type OnSource = (source: ScriptJob['source']) => void;

/** The command line. `exitCode` is set when `parseAsync` has resolved. */
export interface CommandLine {
  readonly command: Command;
  exitCode: number;
}

export interface ScriptFlags {
  readonly execute?: string;
  readonly mode?: 'batch' | 'streaming';
  readonly define?: Readonly<Record<string, string>>;
  readonly quiet?: boolean;
}

/** A command with the arguments of every script. */
export function scriptCommand(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .argument('[job]', 'file of the job, or - for standard input')
    .option('-e, --execute <sql>', 'SQL instead of a job')
    .addOption(new Option('--mode <mode>', 'instead of what the job says').choices(['batch', 'streaming']))
    .option('-D, --define <key=value>', 'set a configuration key (may be repeated)', collectSetting)
    .option('-q, --quiet', 'no progress, notes or summary');
}

/** The options of a session that the flags stand for. */
export function scriptOptions({ mode, define, quiet }: ScriptFlags): ScriptOptions {
  return { mode: mode ?? null, configuration: define ?? {}, quiet: quiet ?? false };
}

/**
 * Reads the job of a command, and says which text the errors are of from here on.
 * @throws {JobError} as `readJob`; JOB_KIND for a program
 */
export async function readScript(
  command: string,
  name: string | undefined,
  { execute }: ScriptFlags,
  onSource: OnSource,
): Promise<ScriptJob> {
  const job = scriptOnly(await readJob({ job: name ?? null, sql: execute ?? null }), command);
  onSource(job.source);
  return job;
}

/** @throws {JobError} JOB_KIND for a program */
export function scriptOnly(job: Job, command: string): ScriptJob {
  if (job.kind === 'script') return job;
  throw new JobError('JOB_KIND', `${command} takes SQL or a job file, and ${job.file} is a program`, null, {
    hint: 'In a program, call `explain` of its TableEnvironment.',
  });
}
