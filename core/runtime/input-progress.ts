/** What the inputs of a task agree on: the minimum of their watermarks, and the barrier that all have reached. */
import type { Barrier, Watermark } from '../batch/batch.js';
import { InternalError } from '../errors.js';
import { type Deferred, deferred } from './deferred.js';

/** The minimum watermark over inputs; an input that ended counts as `Infinity`. Calls `advance` one at a time. */
export class WatermarkMinimum {
  private readonly inputs: number[];
  private minimum = Number.NEGATIVE_INFINITY;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    inputs: number,
    private readonly onAdvance: (watermark: Watermark) => Promise<void>,
  ) {
    this.inputs = new Array<number>(inputs).fill(Number.NEGATIVE_INFINITY);
  }

  /** Notes the watermark of one input (one that goes back is ignored); resolves when its effect is done. */
  async advance(input: number, timestampMs: number): Promise<void> {
    if (timestampMs <= this.inputs[input]!) return;
    this.inputs[input] = timestampMs;
    const minimum = Math.min(...this.inputs);
    if (minimum <= this.minimum) return;
    this.minimum = minimum;
    this.turn = this.turn.then(() => this.onAdvance({ kind: 'watermark', timestampMs: minimum }));
    await this.turn;
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
