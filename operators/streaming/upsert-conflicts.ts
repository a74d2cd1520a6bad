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
import { emitTransition } from './latest-row.js';
import { type Change, type Collector, isAddition, type Row, type RowFunction } from './row-function.js';
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
    const changes = new Map<string, Changes>();
    for (const { item } of this.#waiting.due(0)) {
      const key = rowKey(item.row, this.spec.keys);
      const ofKey = changes.get(key) ?? new Changes();
      changes.set(key, ofKey);
      ofKey.add(item.row, this.#content(item.row), isAddition(item.change));
    }
    for (const [key, ofKey] of changes) {
      const said = this.#said.get(key) ?? null;
      const rows = ofKey.appliedTo(said, said === null ? null : this.#content(said));
      if (rows.length > 1 && this.spec.fails) this.#fail(rows[0]!);
      const row = rows[0] ?? null;
      const isNew = emitTransition(said, row, this.#content, out);
      if (row === null) this.#said.delete(key);
      // As in Flink the time to live begins anew only with a row that is emitted.
      else if (isNew) this.#said.set(key, row);
    }
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

  readonly #content = (row: Row): string => contentKey(row, this.spec.inputs[0]!);
}

/** The changes of one key since the watermark, without those that cancel each other, whichever of them came first. */
class Changes {
  readonly #left: { readonly row: Row; readonly content: string; readonly isAddition: boolean }[] = [];

  add(row: Row, content: string, isAddition: boolean): void {
    const opposite = this.#left.findIndex(
      (known) => known.isAddition !== isAddition && known.content === content,
    );
    if (opposite >= 0) this.#left.splice(opposite, 1);
    else this.#left.push({ row, content, isAddition });
  }

  /** The rows that are there afterwards; a removal of what is not there does nothing. */
  appliedTo(said: Row | null, saidContent: string | null): Row[] {
    const rows = said === null ? [] : [{ row: said, content: saidContent }];
    for (const change of this.#left) {
      const at = change.isAddition ? -1 : rows.findIndex(({ content }) => content === change.content);
      if (change.isAddition) rows.push(change);
      else if (at >= 0) rows.splice(at, 1);
    }
    return rows.map(({ row }) => row);
  }
}
