/** The way of rows out of a connector's source: batches of them, and checkpoints between two batches. */
import type {
  Barrier,
  EndedSplits,
  OperatorContext,
  OperatorSurroundings,
  SourceStage,
  SqlValue,
} from '../../core/index.js';
import { groupEncoder } from '../sources/group-encoder.js';
import { Turns } from '../turns.js';

/** Rows of a batch, at most. */
export const MOST_ROWS = 8_192;

export class SourceRows {
  readonly #turns = new Turns();
  readonly #encode: ReturnType<typeof groupEncoder>;
  /** Where each column that is read stands in a row. */
  readonly #places: readonly number[];
  #pending: (readonly SqlValue[])[] = [];

  constructor(
    stage: SourceStage,
    job: OperatorSurroundings,
    private readonly context: OperatorContext,
  ) {
    this.#encode = groupEncoder(stage, job);
    this.#places = stage.columns.map(({ name }) =>
      stage.declared.findIndex((column) => column.name === name),
    );
  }

  /** Rows that wait for `send`. */
  get pending(): number {
    return this.#pending.length;
  }

  /** Takes a row: the values of the declared columns. */
  add(row: readonly SqlValue[]): void {
    this.#pending.push(row);
  }

  /** Emits what was added; `moved` says, before any barrier, that it has gone out. */
  send(moved: () => void = () => {}): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    const batches: (readonly (readonly SqlValue[])[])[] = [];
    for (let at = 0; at < pending.length; at += MOST_ROWS) batches.push(pending.slice(at, at + MOST_ROWS));
    return this.#turns.alone(async () => {
      for (const rows of batches) {
        const values = this.#places.map((place) => rows.map((row) => row[place]!));
        const groups = this.#encode(rows.length, values);
        await this.context.output.emit({ kind: 'batch', rows: rows.length, groups, continued: false });
      }
      moved();
    });
  }

  /** Says behind the rows that have gone out which splits have ended. */
  endSplits(splits: EndedSplits): Promise<void> {
    return this.#turns.alone(() =>
      this.context.output.emit({ kind: 'watermark', timestampMs: Number.NEGATIVE_INFINITY, splits }),
    );
  }

  /** Says the position to a checkpoint, and lets its barrier through. */
  snapshot(barrier: Barrier, position: () => Uint8Array | null): Promise<void> {
    return this.#turns.alone(async () => {
      this.context.acknowledge(barrier.checkpointId, position());
      await this.context.output.emit(barrier);
    });
  }
}
