/** The `memory` connector: rows that the program hands in, read at the pace of the job. */
import type {
  Barrier,
  Batch,
  Column,
  ColumnGroup,
  OperatorContext,
  OperatorSurroundings,
  SchemaRegistry,
  SourceOperator,
  SourceStage,
} from '../../core/index.js';

/** Where the rows of one memory table come from. */
export interface MemoryRows {
  /** They can be read only once. */
  readonly isOneShot: boolean;
  /**
   * Starts from the first row; leaving the iteration early closes what the program gave.
   * @throws {SourceError} SOURCE_CONSUMED where the rows can be read only once and have been
   */
  chunks(): AsyncIterable<MemoryChunk>;
}

/** Some rows, encoded for each reader as it needs them. */
export interface MemoryChunk {
  readonly rows: number;
  /** These columns of all rows, as one column group. */
  encode(columns: readonly Column[], schemas: SchemaRegistry): ColumnGroup;
}

/** Emits the chunks one by one; waiting for the edge is what slows the program's iterator down. */
export class MemorySource implements SourceOperator {
  #context!: OperatorContext;
  #emitting: Promise<void> = Promise.resolve();
  #hasBegun = false;

  constructor(
    private readonly stage: SourceStage,
    private readonly job: OperatorSurroundings,
    private readonly rows: MemoryRows,
  ) {}

  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
  }

  async run(): Promise<void> {
    const { signal, output } = this.#context;
    const { columns } = this.stage;
    this.#hasBegun = true;
    const exchange = this.job.graph.exchanges.find(({ id }) => id === this.stage.output)!;
    for await (const chunk of untilAborted(this.rows.chunks(), signal)) {
      const groups = exchange.groups.map((positions) =>
        chunk.encode(
          positions.map((position) => columns[position]!),
          this.job.schemas,
        ),
      );
      const batch: Batch = { kind: 'batch', rows: chunk.rows, groups, continued: false };
      this.#emitting = output.emit(batch);
      await this.#emitting;
    }
  }

  /** Rows of a program cannot be read again from their middle: the barrier passes without a position. */
  async snapshot(barrier: Barrier): Promise<void> {
    await this.#emitting;
    this.#context.acknowledge(barrier.checkpointId, null);
    await this.#context.output.emit(barrier);
  }

  whyNotAgain(): string | null {
    if (!this.#hasBegun || !this.rows.isOneShot) return null;
    return 'an iterator or stream of the program has been read, and gives its rows only once';
  }

  async close(): Promise<void> {}
}

/** Ends when `signal` aborts, even while the iterator has nothing to give; then closes it without waiting for it. */
async function* untilAborted<T>(
  iterable: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const iterator = iterable[Symbol.asyncIterator]();
  let stop = () => {};
  const aborted = new Promise<null>((resolve) => {
    stop = () => resolve(null);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    while (!signal.aborted) {
      const next = await Promise.race([iterator.next(), aborted]);
      if (next === null || next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    // A generator that waits for its own source answers `return` only after that: nobody waits for it here.
    iterator.return?.().catch(() => undefined);
  }
}
