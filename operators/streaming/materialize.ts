/** The rows that are left when all changes have come. */
import {
  HeapState,
  type KeyedState,
  plain,
  rowComparator,
  type StateBackend,
  type StreamOperator,
} from '../../core/index.js';
import {
  type Change,
  type Collector,
  INSERT,
  isAddition,
  type Row,
  type RowFunction,
} from './row-function.js';
import { contentKey } from './value-key.js';

export class Materialize implements RowFunction {
  /** Rows by their values, the last that came last. */
  readonly #rows: KeyedState<Row[]>;

  constructor(
    private readonly spec: Extract<StreamOperator<number>, { kind: 'materialize' }>,
    state: StateBackend = new HeapState(),
  ) {
    this.#rows = state.keyed('rows', plain<Row[]>());
  }

  process(row: Row, change: Change): void {
    const key = contentKey(row, this.spec.inputs[0]!);
    const known = this.#rows.get(key) ?? [];
    if (isAddition(change)) this.#rows.set(key, [...known, row]);
    else if (known.length > 1) this.#rows.set(key, known.slice(0, -1));
    else this.#rows.delete(key);
  }

  advance(watermarkMs: number, out: Collector): void {
    if (watermarkMs !== Number.POSITIVE_INFINITY) return;
    const rows = [...this.#rows.values()].flat();
    if (this.spec.order.length > 0) rows.sort(rowComparator(this.spec.order));
    for (const row of rows) out.emit(INSERT, [row], []);
  }
}
