/** Rows under a primary key that one row alone may have: of several the first stays, or the job fails. */
import {
  HeapState,
  type KeyedState,
  plain,
  SinkError,
  type StateBackend,
  type StreamOperator,
  type TimeQueue,
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
} from './row-function.js';
import { contentKey, rowKey } from './value-key.js';

/**
 * Looks, whenever the watermark moves on, at what is left of the rows that came before it, as Flink's ON CONFLICT: changes of one moment
 * may come in any order, and leave several rows in between.
 */
export class UpsertConflicts implements RowFunction {
  /** By key the row that was said. */
  readonly #said: KeyedState<Row>;
  /** Rows since the watermark, in the order in which they came. */
  readonly #waiting: TimeQueue<{ readonly row: Row; readonly change: Change }>;

  constructor(
    private readonly spec: Extract<StreamOperator<number>, { kind: 'conflict' }>,
    state: StateBackend = new HeapState(),
  ) {
    this.#said = state.keyed('said', plain<Row>(), { expires: true });
    this.#waiting = state.queue('waiting', {
      save: ({ row, change }) => [row, change],
      load: (saved) => {
        const [row, change] = saved as [Row, Change];
        return { row, change };
      },
    });
  }

  process(row: Row, change: Change): void {
    this.#waiting.add(0, { row, change });
  }

  /** @throws {SinkError} SINK_CONFLICT where several rows are left under one key, and that fails */
  advance(_watermarkMs: number, out: Collector): void {
    const left = new Map<string, Row[]>();
    for (const { item } of this.#waiting.due(0)) {
      const key = rowKey(item.row, this.spec.keys);
      const said = this.#said.get(key);
      const rows = left.get(key) ?? (said === undefined ? [] : [said]);
      left.set(key, rows);
      if (isAddition(item.change)) rows.push(item.row);
      else {
        const content = this.#content(item.row);
        const at = rows.findIndex((known) => this.#content(known) === content);
        if (at >= 0) rows.splice(at, 1);
      }
    }
    for (const [key, rows] of left) {
      if (rows.length > 1 && this.spec.fails) this.#fail(rows[0]!);
      this.#say(key, rows[0] ?? null, out);
    }
  }

  #say(key: string, row: Row | null, out: Collector): void {
    const said = this.#said.get(key) ?? null;
    if (row === null) {
      if (said !== null) out.emit(DELETE, [said], []);
      this.#said.delete(key);
      return;
    }
    if (said === null) out.emit(INSERT, [row], []);
    else if (this.#content(said) !== this.#content(row)) out.emit(UPDATE_AFTER, [row], []);
    this.#said.set(key, row);
  }

  #fail(row: Row): never {
    const { keys, names, table } = this.spec;
    const key = keys.map((column, i) => `${names[i]!} = ${String(row[column])}`).join(', ');
    throw new SinkError(
      'SINK_CONFLICT',
      `Table ${table} was given several rows with the primary key ${key}.`,
      {
        hint: 'ON CONFLICT DO NOTHING keeps the first of them, ON CONFLICT DO DEDUPLICATE the last that is left.',
      },
    );
  }

  #content(row: Row): string {
    return contentKey(row, this.spec.inputs[0]!);
  }
}
