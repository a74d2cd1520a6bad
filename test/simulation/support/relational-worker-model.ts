/** A relational worker: scans within the credit it is given, or hands its input on batch by batch, granting credit. */
import type { DataFrames } from '../../../bridge/protocol/frames.js';
import { type ReceivedBatch, WorkerModel, type World } from './worker-model.js';

export interface RelationalWorkerOptions {
  readonly wireName: string;
  /** Batches to produce; null: those of the input. */
  readonly scan: readonly (readonly number[])[] | null;
  /** Input that may wait in the worker. */
  readonly windowBytes: number;
  /** Virtual time that a batch takes. */
  readonly costMs: () => number;
  /** Bytes of input that wait in the worker, whenever that changes. */
  readonly onWaiting: (bytes: number) => void;
}

export class RelationalWorkerModel extends WorkerModel {
  private readonly queue: ReceivedBatch[] = [];
  private credit = 0;
  private waitingBytes = 0;
  private inputHasEnded = false;
  private wake: () => void = () => {};

  constructor(
    world: World,
    private readonly options: RelationalWorkerOptions,
  ) {
    super(world, options.wireName);
  }

  /** The query begins. */
  async run(): Promise<void> {
    const { scan, windowBytes } = this.options;
    let sequence = 0;
    if (scan === null) this.grant(windowBytes);
    for (;;) {
      const values = scan === null ? await this.nextInput() : scan[sequence];
      if (values === undefined || !this.isAlive) break;
      await this.world.clock.sleep(this.options.costMs());
      while (this.credit <= 0 && this.isAlive) await this.woken();
      this.credit -= this.sendNumbers(sequence, values, null);
      sequence += 1;
    }
    const statistics = { rows: 0, batches: sequence, bytes: 0, queryNs: 0, encodeNs: 0, written: 0 };
    this.send({ type: 'end', stage: this.wireName, epoch: this.epoch, input: 0, statistics });
  }

  protected onData(data: DataFrames): void {
    if ('groups' in data) {
      this.queue.push(data);
      this.wait(bytesOf(data));
    } else if (data.message.type === 'credit') this.credit += data.message.bytes;
    else if (data.message.type === 'end') this.inputHasEnded = true;
    this.wake();
  }

  private async nextInput(): Promise<number[] | undefined> {
    while (this.queue.length === 0 && !this.inputHasEnded && this.isAlive) await this.woken();
    const next = this.queue.shift();
    if (next === undefined) return undefined;
    this.wait(-bytesOf(next));
    this.grant(bytesOf(next));
    return this.numbersOf(next, 0);
  }

  private wait(bytes: number): void {
    this.waitingBytes += bytes;
    this.options.onWaiting(this.waitingBytes);
  }

  private grant(bytes: number): void {
    this.send({ type: 'credit', stage: this.wireName, epoch: this.epoch, input: 0, bytes });
  }

  private woken(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}

/** As the core charges it. */
function bytesOf({ groups }: ReceivedBatch): number {
  return groups.reduce(
    (sum, { message, selection }) => sum + message.byteLength + (selection?.byteLength ?? 0),
    0,
  );
}
