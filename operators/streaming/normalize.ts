/** Rows that take the place of those with their key, as a full changelog: what goes is said as it was. */
import {
  HeapState,
  type KeyedState,
  plain,
  type StateBackend,
  type StreamOperator,
} from '../../core/index.js';
import {
  type Change,
  type Collector,
  DELETE,
  INSERT,
  isAddition,
  type Row,
  type RowFunction,
  UPDATE_AFTER,
  UPDATE_BEFORE,
} from './row-function.js';
import { contentKey, rowKey } from './value-key.js';

/** As Flink's ChangelogNormalize: a row equal to the one in force, and the removal of none, say nothing. */
export class Normalize implements RowFunction {
  readonly #rows: KeyedState<Row>;

  constructor(
    private readonly spec: Extract<StreamOperator<number>, { kind: 'normalize' }>,
    state: StateBackend = new HeapState(),
  ) {
    this.#rows = state.keyed('rows', plain<Row>(), { expires: true });
  }

  process(row: Row, change: Change, _input: number, out: Collector): void {
    if (change === UPDATE_BEFORE) return;
    const key = rowKey(row, this.spec.keys);
    const before = this.#rows.get(key);
    if (!isAddition(change)) {
      if (before === undefined) return;
      this.#rows.delete(key);
      out.emit(DELETE, [before], []);
      return;
    }
    this.#rows.set(key, row);
    if (before === undefined) {
      out.emit(INSERT, [row], []);
    } else if (this.#content(before) !== this.#content(row)) {
      out.emit(UPDATE_BEFORE, [before], []);
      out.emit(UPDATE_AFTER, [row], []);
    }
  }

  #content(row: Row): string {
    return contentKey(row, this.spec.inputs[0]!);
  }
}
