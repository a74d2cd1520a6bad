/** A function worker: bundles one after the other, each with an answer of some batches and DONE. */
import type { DataFrames } from '../../../bridge/protocol/frames.js';
import type { BundleEnd } from '../../../bridge/protocol/messages.js';
import { copiesOf, resultOf } from './row-function.js';
import { type ReceivedBatch, WorkerModel, type World } from './worker-model.js';

export interface FunctionWorkerOptions {
  readonly wireName: string;
  /** The stage's number, which its results carry. */
  readonly stage: number;
  /** Virtual time that a bundle takes. */
  readonly costMs: (sequence: number) => number;
  /** Asked at each point of a bundle where a process may die. */
  readonly diesHere: () => boolean;
  /** A row of which it dies; null: none. */
  readonly diesOf: number | null;
  /** It died. */
  readonly onDeath: () => void;
}

export class FunctionWorkerModel extends WorkerModel {
  /** Rows whose answers the core has. */
  answeredRows = 0;
  /** It died of its row. */
  isPoisoned = false;
  private readonly queue: ReceivedBatch[] = [];
  private isBusy = false;

  constructor(
    world: World,
    private readonly options: FunctionWorkerOptions,
  ) {
    super(world, options.wireName);
  }

  override die(): void {
    if (!this.isAlive) return;
    super.die();
    this.options.onDeath();
  }

  /** Ends as it was asked to. */
  retire(): void {
    if (this.isAlive) super.die();
  }

  protected onData(data: DataFrames): void {
    if (!('groups' in data)) return;
    this.queue.push(data);
    if (!this.isBusy) void this.work();
  }

  private async work(): Promise<void> {
    this.isBusy = true;
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) {
      const { clock } = this.world;
      const receivedNs = clock.monotonicNs();
      await clock.sleep(this.options.costMs(next.message.sequence));
      if (!this.isAlive) return;
      this.answer(next, receivedNs);
    }
    this.isBusy = false;
  }

  private answer(bundle: ReceivedBatch, receivedNs: bigint): void {
    const { stage, diesHere } = this.options;
    const { sequence } = bundle.message;
    const values = this.numbersOf(bundle, 0);
    const parents = values.flatMap((value, row) => new Array<number>(copiesOf(value, stage)).fill(row));
    const cut = this.world.random.int(0, parents.length);
    const parts = [parents.slice(0, cut), parents.slice(cut)].filter((part) => part.length > 0);
    this.isPoisoned = this.options.diesOf !== null && values.includes(this.options.diesOf);
    if (this.isPoisoned || diesHere()) {
      this.die();
      return;
    }
    const end: BundleEnd = {
      rows: parents.length,
      batches: parts.length,
      timing: {
        receivedNs: String(receivedNs),
        sentNs: String(this.world.clock.monotonicNs()),
        decodeNs: 0,
        stepNs: [0],
        stepCalls: [values.length],
        stepRetries: [0],
        encodeNs: 0,
      },
    };
    // Both ways of saying that a bundle is complete.
    const last = sequence % 2 === 0 ? parts.at(-1) : undefined;
    for (const part of parts) {
      const results = part.map((row) => resultOf(values[row]!, stage));
      this.sendNumbers(sequence, results, Int32Array.from(part), part === last ? end : null);
      if (diesHere()) {
        this.die();
        return;
      }
    }
    if (last === undefined) this.send({ ...this.place(sequence), type: 'done', ...end });
    if (diesHere()) this.die();
  }
}
