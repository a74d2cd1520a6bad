import type { EarlyZygotes } from '../../bridge/index.js';

/** A run that goes on for longer than this shares its processor with the zygotes of the next one. */
const SPARE_AFTER_MS = 2_000;

/** Zygotes of the next run; all that were started are ended by `close`, but for those that a session took. */
export class SpareZygotes {
  readonly #all: EarlyZygotes[] = [];
  #next: EarlyZygotes | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly startZygotes: () => EarlyZygotes | null) {}

  startLater(): void {
    this.#timer = setTimeout(() => this.start(), SPARE_AFTER_MS);
  }

  start(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#next !== null) return;
    this.#next = this.startZygotes();
    if (this.#next !== null) this.#all.push(this.#next);
  }

  /** Those of the run that begins; what the run before did not take is ended. */
  take(): EarlyZygotes | null {
    for (const earlier of this.#all.splice(0)) if (earlier !== this.#next) earlier.close();
    const taken = this.#next;
    if (taken !== null) this.#all.push(taken);
    this.#next = null;
    return taken;
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const zygotes of this.#all) zygotes.close();
  }
}
