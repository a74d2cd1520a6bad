/** Aggregates written in Python with OVER: as `OverAggregate`, the rows of each frame go to Python. */
import { HeapState, type OverStream, type SqlValue, type StateBackend } from '../../../core/index.js';
import { OverAggregate, type OverRow } from '../over-aggregate.js';
import { type Change, type Collector, INSERT, type Row, type RowFunction } from '../row-function.js';
import type { GroupRow, GroupRows, UpdateGroups } from './grouped-rows.js';

/** So many rows are shipped at a time: each row with all of its frame. */
const MOST_SHIPPED = 65_536;

/** Frames of one batch that are asked for together, in the order of their rows. */
export class AccumulateOver implements RowFunction {
  readonly #over: OverAggregate;
  /** How many are in Python. */
  readonly #calls: number;
  #waiting: { readonly said: OverRow; readonly clockMs: number }[] = [];
  #clockMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly stream: OverStream,
    private readonly update: UpdateGroups,
    state: StateBackend = new HeapState(),
  ) {
    const { python } = stream.operator;
    const frames = python.map((call) => call.frame);
    this.#over = new OverAggregate(stream.operator, state, {
      frames,
      say: (said) => this.#waiting.push({ said, clockMs: this.#clockMs }),
    });
    this.#calls = python.length;
  }

  beginBatch(nowMs: number, out: Collector): void {
    this.#over.beginBatch(nowMs, out);
  }

  process(row: Row, change: Change, input: number, out: Collector): void {
    this.#over.process(row, change, input, out);
  }

  advance(watermarkMs: number, out: Collector): void {
    this.#over.advance(watermarkMs, out);
    this.#clockMs = watermarkMs;
  }

  wakeAt(): number {
    return this.#over.wakeAt();
  }

  wake(nowMs: number, out: Collector): void {
    this.#over.wake(nowMs, out);
  }

  async endBatch(out: Collector): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    const valuesOf = this.#values();
    for (let from = 0; from < waiting.length; ) {
      const asked: GroupRows[] = [];
      let rows = 0;
      while (from + asked.length < waiting.length && (rows === 0 || rows < MOST_SHIPPED)) {
        const frame = this.#frameOf(waiting[from + asked.length]!.said, valuesOf);
        asked.push({ accumulators: new Array<null>(this.#calls).fill(null), pieces: [frame] });
        rows += frame.length;
      }
      const updates = await this.update(asked);
      updates.forEach(({ values }, i) => {
        const { said, clockMs } = waiting[from + i]!;
        out.emit(INSERT, [said.row], [...said.results, ...values[0]!], clockMs);
      });
      from += asked.length;
    }
  }

  /** The rows of the longest frame: those that are not in that of a call do not count for it. */
  #frameOf({ rows, firsts, to }: OverRow, valuesOf: (row: Row) => readonly SqlValue[]): GroupRow[] {
    const from = Math.min(...firsts);
    return rows.slice(from, to).map(({ row }, i) => ({
      values: valuesOf(row),
      retracts: false,
      counted: firsts.map((first) => from + i >= first),
    }));
  }

  /** The shipped values of rows, which many frames share. */
  #values(): (row: Row) => readonly SqlValue[] {
    const known = new Map<Row, readonly SqlValue[]>();
    return (row) => {
      let values = known.get(row);
      if (values === undefined) {
        values = this.stream.copied.map(({ from }) => row[from]!);
        known.set(row, values);
      }
      return values;
    };
  }
}
