/** A session's share of the machine's memory, from the ledger that all jobs of the user keep. */
import { type Configuration, EnvironmentError, MIB, type OptionKey } from '../../core/index.js';
import { type Claim, claimMemory, describeHolders } from '../ledger/job-ledger.js';
import type { JobVoice } from '../ledger/job-status.js';
import { runtimeFolder } from '../ledger/runtime-folder.js';
import { machineMemoryBytes } from '../ports/machine-memory.js';

export interface SessionMemoryOptions {
  readonly configuration: Configuration;
  /** What other jobs call it. */
  readonly name: string;
  readonly onNote: (text: string) => void;
  /** Said also where notes are not. */
  readonly onWarning: (text: string) => void;
  readonly voice: JobVoice;
  readonly signal: AbortSignal;
}

/** Of what is free a job without `millstream.memory` leaves a quarter, so that the next one starts too. */
const SHARE_OF_FREE = 0.75;
/** What jobs of a few stages need: with less a job waits for others rather than being refused when it is planned. */
const LEAST_SHARE = { part: 0.25, fromBytes: 1024 * MIB, toBytes: 2048 * MIB };

/**
 * What a job without `millstream.memory` is granted, or waits for, where so much is free.
 * @param leastBytes what its settings need
 */
export function shareOfFree(freeBytes: number, ceilingBytes: number, leastBytes = 0): number {
  const { part, fromBytes, toBytes } = LEAST_SHARE;
  const usual = Math.max(fromBytes, Math.min(toBytes, Math.floor(ceilingBytes * part)));
  const least = Math.min(ceilingBytes, Math.max(leastBytes, usual));
  return Math.max(least, Math.floor(freeBytes * SHARE_OF_FREE));
}

/** Options that say how much is claimed. */
const MEMORY_OPTIONS: readonly OptionKey[] = [
  'millstream.exchange.memory',
  'millstream.memory',
  'millstream.python.memory',
  'millstream.relational.memory',
  'millstream.worker.memory',
  'parallelism.default',
];

/** Claimed when the first statement needs it, held until the session closes or its settings ask for another amount. */
export class SessionMemory {
  readonly #closing = new AbortController();
  #claiming: Promise<Claim> | null = null;
  #releasing: Promise<unknown> = Promise.resolve();
  #claim: Claim | null = null;
  #settings: string | null = null;
  #waitsFor: string | null = null;

  constructor(private readonly options: SessionMemoryOptions) {}

  /** What was claimed; null before that. */
  get bytes(): number | null {
    return this.#claim?.bytes ?? null;
  }

  /** Memory was asked for, whether or not it is there. */
  get isClaimed(): boolean {
    return this.#claiming !== null;
  }

  /** Who has the memory that it waits for; null: it has its memory, or nobody is known. */
  get waitsFor(): string | null {
    return this.#waitsFor;
  }

  /**
   * Waits for the session's memory: `millstream.memory`, else three quarters of what other jobs leave, at least a quarter of
   * the machine's up to 2 GiB, or what the settings need.
   * @param leastBytes what the settings need
   * @param before what still ends and holds memory of this session
   * @param isLeastFixed as of `claimMemory`
   */
  async claim(leastBytes: () => number, before: Promise<unknown>, isLeastFixed = false): Promise<number> {
    const ready = () => Promise.all([before, this.#releasing]);
    this.#claiming ??= ready().then(() => this.#take(leastBytes(), isLeastFixed));
    try {
      this.#claim = await this.#claiming;
    } catch (error) {
      this.#claiming = null;
      throw error;
    }
    return this.#claim.bytes;
  }

  /** Gives the memory back, after `ending`, where settings ask for another amount since. */
  follow(ending: Promise<unknown>): void {
    const settings = JSON.stringify(MEMORY_OPTIONS.map((key) => this.options.configuration.text(key)));
    if (settings === this.#settings) return;
    this.#settings = settings;
    this.giveBack(ending);
  }

  /** Gives the memory back after `ending`; the next claim waits for that. */
  giveBack(ending: Promise<unknown>): void {
    this.#releasing = this.#release(ending);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#release(Promise.resolve());
  }

  async #release(after: Promise<unknown>): Promise<void> {
    const claiming = this.#claiming;
    this.#claiming = null;
    this.#claim = null;
    if (claiming === null) return;
    await after;
    await claiming.then(
      (claim) => claim.release(),
      () => undefined,
    );
  }

  async #take(leastBytes: number, isLeastFixed: boolean): Promise<Claim> {
    const { configuration, name, onNote, onWarning, voice } = this.options;
    const ceilingBytes = machineMemoryBytes();
    const fixed = configuration.get('millstream.memory');
    const share = shareOfFree(0, ceilingBytes, leastBytes);
    try {
      return await claimMemory({
        folder: runtimeFolder(),
        name,
        ceilingBytes,
        leastBytes: fixed ?? share,
        isLeastFixed,
        wanted: (freeBytes) => fixed ?? freeBytes * SHARE_OF_FREE,
        voice,
        onWait: onWarning,
        onBlocked: (blockers) => {
          this.#waitsFor = describeHolders(blockers);
        },
        mayWait: configuration.get('millstream.resources.wait'),
        signal: AbortSignal.any([this.options.signal, this.#closing.signal]),
      });
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error;
      // A job is not refused because others cannot see it.
      onNote(`jobs of this machine do not see this one: ${error.message} ${error.hint}`);
      return { id: '', bytes: fixed ?? ceilingBytes * SHARE_OF_FREE, release: () => {} };
    } finally {
      this.#waitsFor = null;
    }
  }
}
