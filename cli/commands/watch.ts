/** `millstream run --watch`: runs a job again whenever its files change, with new workers, until Ctrl-C. */
import { type FSWatcher, watch } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import type { EarlyZygotes } from '../../bridge/index.js';
import { CancelledError } from '../../core/index.js';
import type { CommandContext } from '../context.js';
import { type ErrorSource, renderError } from '../errors/render-error.js';
import { EXIT_INTERRUPTED } from '../exit-codes.js';
import type { ScriptJob } from '../job/job.js';
import { JobError } from '../job/job-error.js';
import { openSessionWith } from '../open-session.js';
import { SpareZygotes } from './spare-zygotes.js';

/** Editors write a file in several steps. */
const SETTLE_MS = 50;

/**
 * Runs and runs again. What a job fails with is shown, and the next change tries again.
 * @param file the job, read anew for each run
 * @param startZygotes for the next run: their imports are done when it begins
 * @param read @throws {JobError}
 */
export async function runWatched(
  file: string,
  read: () => Promise<ScriptJob>,
  run: (job: ScriptJob, context: CommandContext) => Promise<unknown>,
  context: CommandContext,
  startZygotes: () => EarlyZygotes | null,
): Promise<number> {
  const changes = new Changes(file, context.signal);
  const spare = new SpareZygotes(startZygotes);
  let openSession = context.openSession;
  try {
    for (let number = 1; !context.signal.aborted; number++) {
      const changed = changes.next();
      const reload = new AbortController();
      void changed.then(() => reload.abort(new CancelledError('CANCELLED', 'A file changed.')));
      const signal = AbortSignal.any([context.signal, reload.signal]);
      let source: ErrorSource | null = null;
      try {
        const job = await read();
        source = job.source;
        spare.startLater();
        await run(job, { ...context, signal, openSession });
      } catch (error) {
        const place = error instanceof JobError ? error.source : source;
        if (!signal.aborted) context.stderr.write(`${renderError(error, place, false)}\n`);
      }
      if (!reload.signal.aborted && !context.signal.aborted) {
        context.stderr.write('Waiting for a change; Ctrl-C ends.\n');
      }
      if (!context.signal.aborted) spare.start();
      const name = await changed;
      openSession = openSessionWith(spare.take());
      if (name !== null) context.stderr.write(`\n──── run ${number + 1}: ${name} changed ────\n`);
    }
  } finally {
    changes.close();
    spare.close();
  }
  return EXIT_INTERRUPTED;
}

/** Changes of the job and of the Python and SQL files beside it and in the working directory. */
class Changes {
  readonly #watchers: FSWatcher[];
  readonly #job: string;
  #settle: ReturnType<typeof setTimeout> | null = null;
  #tell: (name: string | null) => void = () => {};

  constructor(
    file: string,
    private readonly signal: AbortSignal,
  ) {
    this.#job = basename(file);
    const folders = new Set([resolve(file, '..'), process.cwd()]);
    this.#watchers = [...folders].map((folder) => watch(folder, (_, name) => this.#onChange(name)));
    signal.addEventListener('abort', () => this.#tell(null), { once: true });
  }

  /** The next file that changes; null: the command ends. Asked for before a run, so that no change is missed. */
  next(): Promise<string | null> {
    if (this.signal.aborted) return Promise.resolve(null);
    return new Promise((tell) => {
      this.#tell = tell;
    });
  }

  close(): void {
    if (this.#settle !== null) clearTimeout(this.#settle);
    for (const watcher of this.#watchers) watcher.close();
  }

  #onChange(name: string | null): void {
    if (name === null || !(name === this.#job || ['.py', '.sql'].includes(extname(name)))) return;
    if (this.#settle !== null) clearTimeout(this.#settle);
    this.#settle = setTimeout(() => this.#tell(name), SETTLE_MS);
  }
}
