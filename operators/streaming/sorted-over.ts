/** Aggregates with OVER in an order of values: a row that comes or goes changes the results of those behind it. */
import {
  HeapState,
  type KeyedState,
  rowComparator,
  type SqlValue,
  type StateBackend,
} from '../../core/index.js';
import {
  type Change,
  type Collector,
  DELETE,
  isAddition,
  type Row,
  type RowFunction,
  UPDATE_AFTER,
  UPDATE_BEFORE,
} from './row-function.js';
import { firstPlace, SortedCalls, type SortedOverSpec } from './sorted-calls.js';
import { contentKey, rowKey, valuesKey } from './value-key.js';

/** A row with what was said of it; null: nothing yet. */
interface Said {
  readonly row: Row;
  results: readonly SqlValue[] | null;
}

interface Partition {
  /** In order; rows that compare equal in the order in which they came. */
  readonly rows: Said[];
  /** What the calls had taken in before every so many rows. */
  readonly marks: SqlValue[];
}

/** Says each row at once, and then the rows behind it whose results are others, as Flink does. */
export class SortedOver implements RowFunction {
  readonly #partitions: KeyedState<Partition>;
  readonly #calls: SortedCalls;
  readonly #compare: (a: Row, b: Row) => number;

  constructor(
    private readonly spec: SortedOverSpec,
    state: StateBackend = new HeapState(),
  ) {
    this.#calls = new SortedCalls(spec.calls);
    this.#compare = rowComparator(spec.order);
    this.#partitions = state.keyed(
      'partitions',
      {
        save: ({ rows }) => rows.map(({ row, results }) => [row, results]),
        load: (saved) => {
          const rows = (saved as [Row, readonly SqlValue[]][]).map(([row, results]) => ({ row, results }));
          return { rows, marks: [] };
        },
      },
      { expires: true },
    );
  }

  process(row: Row, change: Change, _input: number, out: Collector): void {
    const key = rowKey(row, this.spec.keys);
    const partition = this.#partitions.get(key) ?? { rows: [], marks: [] };
    const { rows } = partition;
    const first = firstPlace(rows, (known) => this.#compare(known.row, row) >= 0);
    const behind = firstPlace(rows, (known) => this.#compare(known.row, row) > 0);
    if (isAddition(change)) {
      rows.splice(behind, 0, { row, results: null });
    } else {
      const text = contentKey(row, this.spec.inputs[0]!);
      const at = rows.findIndex(
        (known, i) => i >= first && i < behind && contentKey(known.row, this.spec.inputs[0]!) === text,
      );
      if (at < 0) return;
      const [gone] = rows.splice(at, 1);
      out.emit(DELETE, [gone!.row], gone!.results!);
    }
    this.#say(partition, first, change, out);
    if (rows.length === 0) this.#partitions.delete(key);
    else this.#partitions.set(key, partition);
  }

  #say({ rows, marks }: Partition, from: number, change: Change, out: Collector): void {
    const isPeer = (a: number, b: number) => this.#compare(rows[a]!.row, rows[b]!.row) === 0;
    const rowAt = (i: number) => rows[i]?.row;
    this.#calls.compute(rowAt, { from, marks, isPeer }, (i, results) => {
      const said = rows[i]!;
      const before = said.results;
      if (before !== null && areSame(before, results)) return;
      said.results = results;
      if (before === null) {
        out.emit(change, [said.row], results);
        return;
      }
      out.emit(UPDATE_BEFORE, [said.row], before);
      out.emit(UPDATE_AFTER, [said.row], results);
    });
  }
}

function areSame(a: readonly SqlValue[], b: readonly SqlValue[]): boolean {
  return a.every((value, i) => Object.is(value, b[i])) || valuesKey(a) === valuesKey(b);
}
