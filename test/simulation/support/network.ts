/** Connections of a core with its workers on a virtual clock: ordered, late, and gone with the worker that dies. */
import type { ChannelOptions, ChannelPort } from '../../../bridge/channel.js';
import type { ManualClock } from '../../support/manual-clock.js';
import type { SeededRandom } from '../../support/seeded-random.js';

type Frames = readonly Uint8Array[];

/** The worker's end. */
export interface WorkerEnd {
  onMessage: (frames: Frames) => void;
  send(frames: Frames): void;
}

/**
 * One connection. Each direction keeps its order, as a ZeroMQ socket does; directions and connections do not keep any
 * among each other. What a dead worker had sent may still arrive, or arrive at nobody.
 */
export class Connection {
  readonly worker: WorkerEnd = { onMessage: () => {}, send: (frames) => this.#toCore(frames) };
  /** What the worker had sent when it died and has not arrived. */
  readonly late: Frames[] = [];
  private core: ChannelOptions | null = null;
  #workerIsAlive = true;
  #isCut = false;
  #nextToCore = 0;
  #nextToWorker = 0;

  constructor(
    private readonly clock: ManualClock,
    private readonly random: SeededRandom,
  ) {}

  /** The core's end, in the place of `Channel.open`. */
  async open(options: ChannelOptions): Promise<ChannelPort> {
    this.core = options;
    return {
      send: async (frames) => this.#toWorker(frames.map((frame) => frame.slice())),
      close: () => {
        this.core = null;
      },
    };
  }

  /** Hands the core a message at once, whoever had sent it. */
  inject(frames: Frames): void {
    this.core?.onMessage(frames);
  }

  /** The worker is gone; a part of what it had sent is still on the way. */
  killWorker(): void {
    this.#workerIsAlive = false;
  }

  #toWorker(frames: Frames): void {
    this.#nextToWorker = this.#arrival(this.#nextToWorker);
    this.#at(this.#nextToWorker, () => {
      if (this.#workerIsAlive) this.worker.onMessage(frames);
    });
  }

  #toCore(frames: Frames): void {
    if (!this.#workerIsAlive) return;
    this.#nextToCore = this.#arrival(this.#nextToCore);
    this.#at(this.#nextToCore, () => {
      // What dies with a worker is the end of what it sent, never something in between.
      if (!this.#workerIsAlive && this.random.chance(0.3)) this.#isCut = true;
      if (this.#isCut) this.late.push(frames);
      else this.inject(frames);
    });
  }

  #arrival(after: number): number {
    const delayMs = this.random.pick([0, 0.01, 0.1, 3]) * this.random.next();
    return Math.max(after, this.clock.nowMs() + delayMs);
  }

  #at(timeMs: number, deliver: () => void): void {
    this.clock.after(Math.max(0, timeMs - this.clock.nowMs()), deliver);
  }
}
