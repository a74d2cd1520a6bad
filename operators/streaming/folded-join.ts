/** A regular join in mini-batches: what undoes itself within one is not joined, and not said. */
import type { StreamOperator } from '../../core/index.js';
import { FoldedChanges } from './folded-changes.js';
import { type Change, type Collector, DELETE, INSERT, type Row, type RowFunction } from './row-function.js';
import { contentKey } from './value-key.js';

type Spec = Extract<StreamOperator<number>, { kind: 'join' }>;
interface Came {
  readonly row: Row;
  readonly input: number;
}
type Pair = readonly [left: Row | null, right: Row | null];

/**
 * Rows of both sides wait for `flush`, where they are joined in the order in which they came. Rows beside NULLs whose partners come with the same
 * mini-batch are not said.
 */
export class FoldedJoin implements RowFunction {
  readonly #waiting = new FoldedChanges<Came>();

  constructor(
    private readonly spec: Spec,
    private readonly join: RowFunction,
  ) {}

  process(row: Row, change: Change, input: number): void {
    const columns = this.spec.inputs[input]!;
    if (columns.change === null) this.#waiting.keep({ row, input }, '', change);
    else this.#waiting.add({ row, input }, `${input} ${contentKey(row, columns)}`, change);
  }

  advance(watermarkMs: number, out: Collector): void {
    this.join.advance?.(watermarkMs, out);
  }

  flush(out: Collector): void {
    const said = new FoldedChanges<Pair>();
    const collector: Collector = {
      emit: (change, rows) => {
        const pair = rows as Pair;
        const key = pair.map((row, side) => (row === null ? '-' : contentKey(row, this.spec.inputs[side]!)));
        // Which half of an update is whose is not known here.
        const isWhole = change === INSERT || change === DELETE;
        if (isWhole) said.add(pair, key.join('|'), change);
        else said.keep(pair, key.join('|'), change);
      },
      late: () => out.late(),
    };
    this.#waiting.take(({ row, input }, change) => this.join.process(row, change, input, collector));
    said.take((pair, change) => out.emit(change, pair, []));
  }
}
