/** Top-N: the rows of each partition from one place to another. */
import {
  HeapState,
  type KeyedState,
  rowComparator,
  type StateBackend,
  type StateCodec,
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
import { firstPlace } from './sorted-calls.js';
import { contentKey, rowKey } from './value-key.js';

type Spec = Extract<StreamOperator<number>, { kind: 'rank' }>;

interface Partition {
  /** In order; rows that compare equal in the order in which they came. */
  readonly rows: Row[];
  /** The rows from `from` to `to` as they were said last. */
  said: readonly Row[];
}

/** The change of a partition is said once for all rows of a batch. */
export class Rank implements RowFunction {
  readonly #partitions: KeyedState<Partition>;
  readonly #changed = new Set<Partition>();
  readonly #compare: (a: Row, b: Row) => number;
  readonly #retracts: boolean;
  /** The first rows of all that come are wanted, and none goes. */
  readonly #isByArrival: boolean;
  /** The number of a row is wanted: a row that moves is a change. */
  readonly #isNumbered: boolean;

  constructor(
    private readonly spec: Spec,
    state: StateBackend = new HeapState(),
  ) {
    // At a barrier everything has been said.
    const codec: StateCodec<Partition> = {
      save: ({ rows }) => rows,
      load: (saved) => {
        const rows = saved as Row[];
        return { rows, said: rows.slice(spec.from - 1, spec.to) };
      },
    };
    // The first rows of all are counted for good, as by Flink's LIMIT.
    const isLimit = spec.keys.length === 0 && spec.order.length === 0;
    this.#partitions = state.keyed('partitions', codec, { expires: !isLimit });
    this.#compare = rowComparator(spec.order);
    this.#retracts = spec.inputs[0]!.change !== null;
    this.#isByArrival = spec.order.length === 0 && spec.isLatestFirst !== true && !this.#retracts;
    this.#isNumbered = spec.outputs.some((output) => output.kind === 'result');
  }

  /** No row can change the result any more: the first rows of all, in the order in which they come. */
  get isDone(): boolean {
    if (this.spec.keys.length > 0 || !this.#isByArrival) return false;
    return (this.#partitions.get('')?.said.length ?? 0) === this.spec.to - this.spec.from + 1;
  }

  process(row: Row, change: Change): void {
    const key = rowKey(row, this.spec.keys);
    const partition = this.#partitions.get(key) ?? { rows: [], said: [] };
    const { rows } = partition;
    if (!this.#retracts) {
      const place = placeOf(rows, row, this.spec, this.#compare);
      // A row that is none of the first changes nothing, and the others live no longer for it, as in Flink.
      if (place >= this.spec.to) return;
      rows.splice(place, 0, row);
      if (rows.length > this.spec.to) rows.pop();
    } else if (isAddition(change)) {
      enter(rows, row, this.spec, this.#compare);
    } else {
      const [input] = this.spec.inputs;
      const text = contentKey(row, input!);
      const at = rows.findIndex((known) => contentKey(known, input!) === text);
      if (at >= 0) rows.splice(at, 1);
    }
    this.#partitions.set(key, partition);
    this.#changed.add(partition);
  }

  flush(out: Collector): void {
    for (const partition of this.#changed) {
      const now = partition.rows.slice(this.spec.from - 1, this.spec.to);
      if (this.#isNumbered) this.#sayPlaces(partition.said, now, out);
      else saySet(partition.said, now, out);
      partition.said = now;
    }
    this.#changed.clear();
  }

  #sayPlaces(before: readonly Row[], now: readonly Row[], out: Collector): void {
    for (let i = 0; i < Math.max(before.length, now.length); i++) {
      const old = before[i];
      const row = now[i];
      if (old === row) continue;
      const number = [BigInt(this.spec.from + i)];
      if (old !== undefined) out.emit(row === undefined ? DELETE : UPDATE_BEFORE, [old], number);
      if (row !== undefined) out.emit(old === undefined ? INSERT : UPDATE_AFTER, [row], number);
    }
  }
}

function saySet(before: readonly Row[], now: readonly Row[], out: Collector): void {
  const kept = new Set(now);
  const known = new Set(before);
  for (const row of before) if (!kept.has(row)) out.emit(DELETE, [row], []);
  for (const row of now) if (!known.has(row)) out.emit(INSERT, [row], []);
}

/** Puts a row in its place, among equal ones behind them, or before them where the latest comes first. */
export function enter(rows: Row[], row: Row, spec: Spec, compare: (a: Row, b: Row) => number): void {
  rows.splice(placeOf(rows, row, spec, compare), 0, row);
}

function placeOf(
  rows: readonly Row[],
  row: Row,
  { isLatestFirst }: Spec,
  compare: (a: Row, b: Row) => number,
): number {
  return isLatestFirst === true ? placeBefore(rows, row, compare) : placeFor(rows, row, compare);
}

/** The place after all rows that come before it or with it. */
export function placeFor(rows: readonly Row[], row: Row, compare: (a: Row, b: Row) => number): number {
  return firstPlace(rows, (known) => compare(known, row) > 0);
}

/** The place after all rows that come before it, and before those that come with it. */
function placeBefore(rows: readonly Row[], row: Row, compare: (a: Row, b: Row) => number): number {
  return firstPlace(rows, (known) => compare(known, row) >= 0);
}
