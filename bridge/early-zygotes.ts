/**
 * Zygotes started before anything else is known: their imports are what a first row waits for longest, and
 * everything else (loading the engine, reading and planning the job) happens meanwhile.
 */
import type { PythonCommand } from './python-command.js';
import { startZygoteProcess, type ZygoteKind, type ZygoteProcess } from './zygote-process.js';

export class EarlyZygotes {
  readonly #python: string;
  readonly #waiting = new Map<ZygoteKind, ZygoteProcess>();

  private constructor(python: string) {
    this.#python = python;
  }

  /** Starts one of each kind with the interpreter `python`, a path or a name on PATH. */
  static start(python: string, kinds: readonly ZygoteKind[]): EarlyZygotes {
    const zygotes = new EarlyZygotes(python);
    for (const kind of kinds)
      zygotes.#waiting.set(kind, startZygoteProcess({ python, pythonPath: [] }, kind));
    return zygotes;
  }

  /** Hands one over to a bridge, once; null where there is none that was started just so. */
  take(command: PythonCommand, kind: ZygoteKind): ZygoteProcess | null {
    const zygote = this.#waiting.get(kind);
    if (zygote === undefined || command.python !== this.#python || command.pythonPath.length > 0) return null;
    if (command.isIsolated === true) return null;
    this.#waiting.delete(kind);
    return zygote;
  }

  /** Ends those that nobody took; resolves when they are gone. */
  async close(): Promise<void> {
    const untaken = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const zygote of untaken) zygote.kill();
    await Promise.all(untaken.map(({ ended }) => ended));
  }
}
