/** What the inputs of a task agree on: the minimum of their watermarks, and the barrier that all have reached. */
import type { Barrier, Watermark } from '../batch/batch.js';
import { InternalError } from '../errors.js';
import { type Deferred, deferred } from './deferred.js';

/**
 * The minimum watermark over inputs, without those that are idle; an input that ended counts as `Infinity`. It is idle itself where
 * all inputs are that have not ended. Calls `advance` one at a time.
 */
export class WatermarkMinimum {
  private readonly inputs: number[];
  private readonly idle: boolean[];
  private minimum = Number.NEGATIVE_INFINITY;
  private isIdle = false;
  private turn: Promise<void> = Promise.resolve();

  /**
   * @param areIdle until their first watermark no input is waited for
   * @param areOne as `Operator.unitesInputs`
   */
  constructor(
    inputs: number,
    private readonly onAdvance: (watermark: Watermark) => Promise<void>,
    areIdle = false,
    private readonly areOne = false,
  ) {
    this.inputs = new Array<number>(inputs).fill(Number.NEGATIVE_INFINITY);
    this.idle = new Array<boolean>(inputs).fill(areIdle);
  }

  /** Notes the watermark of one input (one that goes back is ignored); resolves when its effect is done. */
  async advance(input: number, timestampMs: number, isIdle = false): Promise<void> {
    if (timestampMs <= this.inputs[input]! && isIdle === this.idle[input]) return;
    this.inputs[input] = Math.max(timestampMs, this.inputs[input]!);
    this.idle[input] = isIdle;
    const open = this.inputs.flatMap((time, i) => (time === Number.POSITIVE_INFINITY ? [] : [i]));
    const waited = open.filter((i) => !this.idle[i]);
    const isAllIdle = open.length > 0 && waited.length === 0;
    // The end of time is reached by the end of all inputs, not by the silence of one.
    const minimum = isAllIdle ? this.silent(open) : Math.min(...waited.map((i) => this.inputs[i]!));
    if (minimum <= this.minimum && isAllIdle === this.isIdle) return;
    // Who is told of silence goes by the time that it knows.
    if (isAllIdle && minimum > this.minimum) this.tell({ kind: 'watermark', timestampMs: minimum });
    this.minimum = Math.max(minimum, this.minimum);
    this.isIdle = isAllIdle;
    const status = isAllIdle ? { isIdle: true } : {};
    this.tell({ kind: 'watermark', timestampMs: this.minimum, ...status });
    await this.turn;
  }

  private tell(watermark: Watermark): void {
    this.turn = this.turn.then(() => this.onAdvance(watermark));
  }

  /** What time is while no input says any. */
  private silent(open: readonly number[]): number {
    return this.areOne ? Math.max(...open.map((i) => this.inputs[i]!)) : this.minimum;
  }
}

/** Blocks each input at a barrier until every input that has not ended is there, then calls `onAligned` once. */
export class BarrierAlignment {
  private arrived = 0;
  private current: { readonly barrier: Barrier; readonly gate: Deferred<void> } | null = null;

  constructor(
    private openInputs: number,
    private readonly onAligned: (barrier: Barrier) => Promise<void>,
  ) {}

  /** Resolves when the barrier is dealt with: until then the input hands over nothing. */
  arrive(barrier: Barrier): Promise<void> {
    this.current ??= { barrier, gate: deferred() };
    if (this.current.barrier.checkpointId !== barrier.checkpointId) {
      throw new InternalError(
        'BARRIER_ORDER',
        `Barrier ${barrier.checkpointId} arrived while barrier ${this.current.barrier.checkpointId} is being aligned.`,
      );
    }
    this.arrived += 1;
    const { promise } = this.current.gate;
    this.completeIfAligned();
    return promise;
  }

  /** An input ended: nobody waits for it any more. */
  end(): void {
    this.openInputs -= 1;
    this.completeIfAligned();
  }

  private completeIfAligned(): void {
    if (this.current === null || this.arrived < this.openInputs) return;
    const { barrier, gate } = this.current;
    this.current = null;
    this.arrived = 0;
    this.onAligned(barrier).then(gate.resolve, gate.reject);
  }
}
