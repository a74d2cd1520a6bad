/** Results that are remembered with their row, so that it is taken back with them. */
import {
  HeapState,
  type KeyedState,
  type SqlValue,
  type StateBackend,
  type StreamOperator,
} from '../../core/index.js';
import { type Change, type Collector, isAddition, type Row, type RowFunction } from './row-function.js';
import { valuesKey } from './value-key.js';

/** Of equal rows the first that came goes first. A row whose addition was never seen is passed over. */
export class Settle implements RowFunction {
  /** Results of the rows that are there, by their other columns. */
  readonly #results: KeyedState<(readonly SqlValue[])[]>;
  readonly #isOther: (column: number) => boolean;

  constructor(
    private readonly spec: Extract<StreamOperator<number>, { kind: 'settle' }>,
    state: StateBackend = new HeapState(),
  ) {
    const { change, clock } = spec.inputs[0]!;
    const own = new Set([...spec.results, change, clock]);
    this.#isOther = (column) => !own.has(column);
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
    const key = valuesKey(row.filter((_, column) => this.#isOther(column)));
    const known = this.#results.get(key) ?? [];
    if (isAddition(change)) {
      const values = this.spec.results.map((column) => row[column]!);
      this.#results.set(key, [...known, values]);
      out.emit(change, [row], values);
      return;
    }
    const [values, ...rest] = known;
    if (values === undefined) return;
    if (rest.length === 0) this.#results.delete(key);
    else this.#results.set(key, rest);
    out.emit(change, [row], values);
  }
}
