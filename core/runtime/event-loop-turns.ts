import type { Clock, Timers } from '../ports/ports.js';
import { type Deferred, deferred } from './deferred.js';

/** A timer that is set now shows by its end whether the event loop turns. */
const TIMER_MS = 10;
/** Work goes on without a turn for no longer than that. */
const LONGEST_NS = 40_000_000n;

/**
 * Makes a busy job let the event loop turn. Work that always finds its next piece ready goes on from promise to
 * promise (sockets answer at once where a message is there), and timers, signals, and the freeing of what was
 * received would wait until it ends.
 */
export class EventLoopTurns {
  private armedAtNs: bigint | null = null;
  private turned: Deferred<void> = deferred();
  private disarm: () => void = () => {};

  constructor(
    private readonly clock: Clock,
    private readonly timers: Timers,
  ) {}

  /** Null as long as the loop turns by itself; otherwise to be awaited. Asked once for each batch. */
  due(): Promise<void> | null {
    const nowNs = this.clock.monotonicNs();
    if (this.armedAtNs !== null) return nowNs - this.armedAtNs > LONGEST_NS ? this.turned.promise : null;
    this.armedAtNs = nowNs;
    this.disarm = this.timers.after(TIMER_MS, () => this.turn());
    return null;
  }

  /** The job has ended. */
  close(): void {
    this.disarm();
    this.turned.resolve();
  }

  private turn(): void {
    this.armedAtNs = null;
    this.turned.resolve();
    this.turned = deferred();
  }
}
