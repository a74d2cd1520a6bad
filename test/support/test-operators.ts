/** Small operators over `numbersBatch`, for tests of the runtime. All note that they were opened and closed. */
import {
  type Barrier,
  type Batch,
  type EndOfInput,
  type Operator,
  type OperatorContext,
  ReorderBuffer,
  type SourceOperator,
  type StreamElement,
  type Watermark,
} from '../../core/index.js';
import type { FakePool } from './fake-pool.js';
import type { ManualClock } from './manual-clock.js';
import type { SeededRandom } from './seeded-random.js';
import { numbersBatch, numbersOf } from './test-batch.js';

export abstract class TestOperator implements Operator {
  protected context!: OperatorContext;
  opened = 0;
  closed = 0;

  async open(context: OperatorContext): Promise<void> {
    this.opened += 1;
    this.context = context;
  }

  abstract processBatch(batch: Batch, input: number): Promise<void>;

  async processWatermark(watermark: Watermark): Promise<void> {
    await this.context.output.emit(watermark);
  }

  async snapshot(barrier: Barrier): Promise<void> {
    this.context.acknowledge(barrier.checkpointId, null);
    await this.context.output.emit(barrier);
  }

  async endInput(_input: number): Promise<void> {}

  async close(): Promise<void> {
    this.closed += 1;
  }
}

/** Emits the given elements, with random pauses where it has a clock; its state is the rows emitted so far. */
export class TestSource implements SourceOperator {
  private context!: OperatorContext;
  private rows = 0;
  private turn: Promise<void> = Promise.resolve();
  closed = 0;
  isWorking?: () => boolean;

  constructor(
    private readonly elements: Iterable<Exclude<StreamElement, EndOfInput>>,
    private readonly pause: () => Promise<void> = async () => {},
  ) {}

  async open(context: OperatorContext): Promise<void> {
    this.context = context;
  }

  async run(): Promise<void> {
    for (const element of this.elements) {
      await this.pause();
      if (this.context.signal.aborted) return;
      await this.inTurn(async () => {
        await this.context.output.emit(element);
        if (element.kind === 'batch') this.rows += element.rows;
      });
    }
  }

  snapshot(barrier: Barrier): Promise<void> {
    return this.inTurn(async () => {
      this.context.acknowledge(
        barrier.checkpointId,
        Uint8Array.from(String(this.rows), (c) => c.charCodeAt(0)),
      );
      await this.context.output.emit(barrier);
    });
  }

  async close(): Promise<void> {
    this.closed += 1;
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => {});
    return done;
  }
}

/** Hands everything on as it is. */
export class PassOperator extends TestOperator {
  async processBatch(batch: Batch): Promise<void> {
    await this.context.output.emit(batch);
  }
}

/** Collects every element in the order of arrival. */
export class CollectSink extends TestOperator {
  readonly elements: StreamElement[] = [];

  constructor(private readonly pause: () => Promise<void> = async () => {}) {
    super();
  }

  async processBatch(batch: Batch): Promise<void> {
    await this.pause();
    this.elements.push(batch);
  }

  override async processWatermark(watermark: Watermark): Promise<void> {
    this.elements.push(watermark);
  }

  override async snapshot(barrier: Barrier): Promise<void> {
    this.elements.push(barrier);
    this.context.acknowledge(barrier.checkpointId, null);
  }

  override async endInput(): Promise<void> {
    this.elements.push({ kind: 'end' });
  }

  get values(): number[] {
    return this.elements.flatMap((element) => (element.kind === 'batch' ? numbersOf(element) : []));
  }
}

/** Like a Python stage: bundles go to a pool and come back out of order; each value v becomes v + `add`. */
export class PooledOperator extends TestOperator {
  private buffer!: ReorderBuffer;
  peakBytes = 0;

  constructor(
    private readonly pool: FakePool,
    private readonly random: SeededRandom,
    private readonly failAt: number | null = null,
    private readonly add = 0.5,
  ) {
    super();
  }

  override async open(context: OperatorContext): Promise<void> {
    await super.open(context);
    this.buffer = new ReorderBuffer({
      capacityBytes: context.bufferBytes,
      leastInFlight: 1,
      emit: (batch) => context.output.emit(batch),
      onError: (error) => context.fail(error),
    });
  }

  async processBatch(batch: Batch): Promise<void> {
    const bytes = batch.groups[0]!.message.byteLength;
    await this.buffer.submit(bytes, () => this.pool.run(() => this.compute(batch)));
    this.peakBytes = Math.max(this.peakBytes, this.buffer.usedBytes);
  }

  override processWatermark(watermark: Watermark): Promise<void> {
    return this.buffer.mark(() => this.context.output.emit(watermark));
  }

  override snapshot(barrier: Barrier): Promise<void> {
    return this.buffer.mark(() => super.snapshot(barrier));
  }

  override endInput(): Promise<void> {
    return this.buffer.drain();
  }

  private compute(batch: Batch): Batch[] {
    const values = numbersOf(batch);
    if (this.failAt !== null && values.includes(this.failAt)) throw new TestFailure(this.failAt);
    const cut = this.random.int(0, values.length);
    const parts = [values.slice(0, cut), values.slice(cut)].filter((part) => part.length > 0);
    return parts.map((part) => numbersBatch(part.map((value) => value + this.add)));
  }
}

/** The failure that a test asked for. */
export class TestFailure extends Error {
  constructor(readonly at: number) {
    super(`failed at ${at} as the test asked`);
  }
}

/** Pauses of random virtual length. */
export function randomPause(clock: ManualClock, random: SeededRandom): () => Promise<void> {
  return async () => {
    if (random.chance(0.5)) await clock.sleep(random.next() * 10);
  };
}
