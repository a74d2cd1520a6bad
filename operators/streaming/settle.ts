/** Results that are remembered with their row, so that it is taken back with them. */
import {
  HeapState,
  type KeyedState,
  type SqlValue,
  type StateBackend,
  type StreamOperator,
} from '../../core/index.js';
import { type Change, type Collector, isAddition, type Row, type RowFunction } from './row-function.js';
import { rowKey } from './value-key.js';

/** Of equal rows the first that came goes first. A row whose addition was never seen is passed over. */
export class Settle implements RowFunction {
  /** Results of the rows that are there, by their other columns. */
  readonly #results: KeyedState<(readonly SqlValue[])[]>;
  /** Columns of a row that are neither results nor say something of the row itself; null: none has come. */
  #others: readonly number[] | null = null;

  constructor(
    private readonly spec: Extract<StreamOperator<number>, { kind: 'settle' }>,
    state: StateBackend = new HeapState(),
  ) {
    this.#results = state.keyed(
      'results',
      {
        save: (results) => results.map((values) => [...values]),
        load: (saved) => [...(saved as (readonly SqlValue[])[])],
      },
      { expires: true },
    );
  }

  process(row: Row, change: Change, _input: number, out: Collector): void {
    this.#others ??= this.#othersOf(row);
    const key = rowKey(row, this.#others);
    const known = this.#results.get(key) ?? [];
    if (isAddition(change)) {
      const values = this.spec.results.map((column) => row[column]!);
      known.push(values);
      this.#results.set(key, known);
      out.emit(change, [row], values);
      return;
    }
    const values = known.shift();
    if (values === undefined) return;
    if (known.length === 0) this.#results.delete(key);
    else this.#results.set(key, known);
    out.emit(change, [row], values);
  }

  #othersOf(row: Row): readonly number[] {
    const { results, inputs } = this.spec;
    const own = new Set([...results, inputs[0]!.change, inputs[0]!.clock]);
    return [...row.keys()].filter((column) => !own.has(column));
  }
}
