/** The real command in a folder of its own, with an account of what it left behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Ended, ended, ROOT } from '../../cli/support/command.js';

/** What a run is given. */
export interface RunInput {
  /** Content of `job.sql`, which is run; null: `args` name the job. */
  readonly sql: string | null;
  /** Further files of the working directory. */
  readonly files?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Variables on top of this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A command that starts the command: `prlimit …`. */
  readonly under?: readonly string[];
}

/** What a run gave; the working directory stands as `DIR` in its texts. */
export interface RunResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Files that were not there before, and what the temporary folder still holds. */
  readonly left: readonly string[];
}

/** A folder with the files of a job; `remove` it. */
export class JobFolder {
  readonly path: string;
  readonly #temporary: string;
  readonly #mark = randomUUID();
  readonly #given: readonly string[];

  private constructor(path: string, temporary: string, given: readonly string[]) {
    this.path = path;
    this.#temporary = temporary;
    this.#given = given;
  }

  static async make({ sql, files = {} }: RunInput): Promise<JobFolder> {
    // Short, because the sockets of workers are in it.
    const path = await mkdtemp(join(tmpdir(), 'ms-'));
    const temporary = await mkdtemp(join(tmpdir(), 'mt-'));
    const all = sql === null ? files : { ...files, 'job.sql': sql };
    for (const [name, content] of Object.entries(all)) {
      await mkdir(dirname(join(path, name)), { recursive: true });
      if (!name.endsWith('/')) await writeFile(join(path, name), content);
    }
    return new JobFolder(path, temporary, await listing(path));
  }

  /** Starts the command; its temporary files and sockets go into a folder that `left` looks into. */
  start({ sql, args = [], environment = {}, under = [] }: RunInput): ChildProcess {
    const [command = process.execPath, ...before] = [...under, process.execPath];
    const job = sql === null ? [] : ['job.sql', '--format', 'jsonl'];
    return spawn(command, [...before, join(ROOT, 'dist/cli/main.js'), 'run', ...job, ...args], {
      cwd: this.path,
      env: {
        ...process.env,
        TMPDIR: this.#temporary,
        XDG_RUNTIME_DIR: this.#temporary,
        MILLSTREAM_TEST_RUN: this.#mark,
        ...environment,
      },
    });
  }

  /** New files, and what the temporary folder holds. */
  async left(): Promise<string[]> {
    const now = await listing(this.path);
    const made = now.filter((name) => !this.#given.includes(name) && !name.includes('__pycache__'));
    return [...made, ...(await listing(this.#temporary)).map((name) => `temporary ${name}`)];
  }

  /** Ids of processes that the run started and that are still there (Linux). */
  async processes(): Promise<number[]> {
    const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const marked = await Promise.all(ids.map((id) => this.#isMarked(id)));
    return ids.filter((_, i) => marked[i]).map(Number);
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
    await rm(this.#temporary, { recursive: true, force: true });
  }

  async #isMarked(id: string): Promise<boolean> {
    const environment = await readFile(`/proc/${id}/environ`, 'utf8').catch(() => '');
    return environment.includes(this.#mark);
  }
}

/** Runs a job to its end. Fails where a process of it is still there afterwards. */
export async function run(input: RunInput): Promise<RunResult> {
  const folder = await JobFolder.make(input);
  try {
    const { code, stdout, stderr } = await endOf(folder.start(input));
    const left = await folder.left();
    const processes = await folder.processes();
    const text = stderr.replaceAll(folder.path, 'DIR');
    return {
      code,
      stdout: stdout.toString(),
      stderr: text,
      left: [...left, ...processes.map((id) => `process ${id}`)],
    };
  } finally {
    await folder.remove();
  }
}

/** The end of a process that was started with pipes. */
export function endOf(child: ChildProcess): Promise<Ended> {
  return ended(child as Parameters<typeof ended>[0]);
}

async function listing(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort((a, b) => (a < b ? -1 : 1));
}
