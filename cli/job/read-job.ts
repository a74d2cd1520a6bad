/** Finds out what a JOB argument is and reads it. */
import { readFile } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Job, ScriptJob } from './job.js';
import { JobError } from './job-error.js';

/** Where a job comes from; exactly one of the two is given. */
export interface JobArgument {
  /** A file, or `-` for standard input. */
  readonly job: string | null;
  /** SQL given with `-e`. */
  readonly sql: string | null;
}

/** @throws {JobError} when there is no job, it cannot be read, its ending is unknown or its content does not fit. */
export async function readJob(argument: JobArgument): Promise<Job> {
  if (argument.sql !== null && argument.job !== null) {
    throw new JobError('JOB_AMBIGUOUS', `both a job (${argument.job}) and -e were given`, null, {
      hint: 'Give one of them.',
    });
  }
  if (argument.sql !== null) return script('-e', argument.sql, null);
  if (argument.job === null) {
    throw new JobError('JOB_MISSING', 'no job was given', null, {
      hint: 'Name a file (`millstream run job.sql`), `-` for standard input, or give SQL with -e.',
    });
  }
  return argument.job === '-'
    ? script('standard input', await text(process.stdin), null)
    : readFileJob(argument.job);
}

const ENDINGS = ['.sql', '.yaml', '.yml', '.json', '.js', '.mjs', '.ts', '.mts'];

async function readFileJob(name: string): Promise<Job> {
  const file = resolve(name);
  const ending = extname(name).toLowerCase();
  switch (ending) {
    case '.sql':
      return script(name, await read(name), dirname(file));
    case '.yaml':
    case '.yml':
    case '.json': {
      const { readJobFile } = await import('./job-file.js');
      return readJobFile({ name, text: await read(name) }, dirname(file));
    }
    case '.js':
    case '.mjs':
    case '.ts':
    case '.mts':
      await read(name);
      return { kind: 'program', file, typescript: ending.endsWith('ts') };
    default:
      // A folder, or nothing at all, is the more likely mistake.
      await read(name);
      throw new JobError(
        'JOB_KIND',
        `${name} is no job: its ending is ${ending === '' ? 'missing' : ending}`,
        null,
        {
          hint: `A job ends in ${ENDINGS.join(', ')}.`,
        },
      );
  }
}

function script(name: string, sql: string, folder: string | null): ScriptJob {
  return { kind: 'script', source: { name, text: sql }, folder, mode: null };
}

async function read(name: string): Promise<string> {
  try {
    return await readFile(name, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const reasons: Record<string, string> = {
      ENOENT: 'does not exist',
      EISDIR: 'is a folder',
      EACCES: 'may not be read by this user',
    };
    throw new JobError('JOB_NOT_READABLE', `${name} ${reasons[code] ?? `cannot be read (${code})`}`, null, {
      hint: `The path was resolved against the working directory, ${process.cwd()}.`,
      cause: error,
    });
  }
}
