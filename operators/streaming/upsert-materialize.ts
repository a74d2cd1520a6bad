/** Rows under a key that is not the one by which they change: the last of them that is left is the one in force. */
import {
  HeapState,
  type KeyedState,
  plain,
  type StateBackend,
  type StreamOperator,
} from '../../core/index.js';
import { emitTransition } from './latest-row.js';
import { type Change, type Collector, isAddition, type Row, type RowFunction } from './row-function.js';
import { contentKey, rowKey } from './value-key.js';

/** As Flink's SinkUpsertMaterializer, said once for a batch. A row that goes and was never seen says nothing. */
export class UpsertMaterialize implements RowFunction {
  /** By key the rows that are there, in the order in which they came. */
  readonly #rows: KeyedState<Row[]>;
  /** What was in force before the batch, by the keys that it touched; null: nothing. */
  readonly #before = new Map<string, Row | null>();

  constructor(
    private readonly spec: Extract<StreamOperator<number>, { kind: 'upsert' }>,
    state: StateBackend = new HeapState(),
  ) {
    this.#rows = state.keyed('rows', plain<Row[]>(), { expires: true });
  }

  process(row: Row, change: Change): void {
    const key = rowKey(row, this.spec.keys);
    const rows = this.#rows.get(key) ?? [];
    const at = isAddition(change) ? rows.length : this.#placeOf(row, rows);
    if (at < 0) return;
    if (!this.#before.has(key)) this.#before.set(key, rows.at(-1) ?? null);
    if (isAddition(change)) rows.push(row);
    else rows.splice(at, 1);
    if (rows.length === 0) this.#rows.delete(key);
    else this.#rows.set(key, rows);
  }

  flush(out: Collector): void {
    for (const [key, before] of this.#before) {
      emitTransition(before, this.#rows.get(key)?.at(-1) ?? null, this.#content, out);
    }
    this.#before.clear();
  }

  /** Of equal rows the one that came first. */
  #placeOf(row: Row, rows: readonly Row[]): number {
    const content = this.#content(row);
    return rows.findIndex((known) => this.#content(known) === content);
  }

  readonly #content = (row: Row): string => contentKey(row, this.spec.inputs[0]!);
}
