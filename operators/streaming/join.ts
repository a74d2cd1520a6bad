/** Joins of two streams. */
import {
  type Compare,
  comparatorOf,
  compile,
  HeapState,
  HOLDS,
  type KeyedState,
  type OperatorValue,
  plain,
  type StateBackend,
  type StateCodec,
  type StateTtl,
  type StreamBound,
  type StreamOperator,
  type StreamRetention,
  TimeQueue,
} from '../../core/index.js';
import { millisecondsOf } from './event-time.js';
import { known } from './known-expression.js';
import {
  type Change,
  type Collector,
  DELETE,
  INSERT,
  isAddition,
  type Row,
  type RowFunction,
} from './row-function.js';
import { contentKey, hasNull, rowKey } from './value-key.js';

type Spec = Extract<StreamOperator<number>, { kind: 'join' }>;

type Bound = StreamBound<number> & { readonly compare: Compare };

interface Entry {
  readonly row: Row;
  readonly key: string;
  /** Its place among all rows that came: rows of one moment leave in this order. */
  readonly place: number;
  /** Rows of the other side that it meets. */
  partners: number;
  /** When it, or how many it meets, was written; 0 where rows do not expire. */
  writtenMs: number;
}

/** One side of the join. */
interface Side {
  readonly keys: readonly number[];
  /** Those of the keys in which NULL equals nothing. */
  readonly strictKeys: readonly number[];
  readonly retention: StreamRetention<number> | null;
  /** Rows without a partner go out beside NULLs (for `anti`: by themselves). */
  readonly isKept: boolean;
  readonly rows: KeyedState<Entry[]>;
  readonly leaving: TimeQueue<Entry>;
  /** Of rows that are not forgotten by event time; null: none. */
  readonly ttl: StateTtl | null;
}

/**
 * Both sides are remembered: for good, or until the watermark says that no partner can come any more. A row without a
 * partner is said at once where nothing is forgotten, and taken back when a partner comes; otherwise when it is forgotten.
 */
export class Join implements RowFunction {
  readonly #sides: readonly [Side, Side];
  readonly #isFinal: boolean;
  readonly #bounds: readonly Bound[];
  readonly #condition: MeetsCondition | null;
  readonly #watermark: OperatorValue<number>;
  /** How many rows have come. */
  readonly #places: OperatorValue<number>;

  constructor(
    private readonly spec: Spec,
    state: StateBackend = new HeapState(),
  ) {
    const { type } = spec;
    const side = (
      name: 'left' | 'right',
      keys: readonly number[],
      retention: Spec['left'],
      isKept: boolean,
    ): Side => {
      const ttl = retention === null ? state.ttlOf(spec.stateTtlMs?.[name]) : null;
      const rows = state.keyed(name, entriesOf(keys, ttl), {
        expires: ttl !== null,
        ttl,
        isHeld: retention !== null,
      });
      const strictKeys = keys.filter((_, i) => !spec.nullSafe[i]);
      const own = { keys, strictKeys, retention, isKept, rows, leaving: new TimeQueue<Entry>(), ttl };
      if (retention === null) return own;
      const inOrder = [...rows.values()].flat().sort((a, b) => a.place - b.place);
      for (const entry of inOrder) own.leaving.add(leavesAt(own, entry.row), entry);
      return own;
    };
    this.#watermark = state.value('watermark', plain<number>(), Number.NEGATIVE_INFINITY);
    this.#places = state.value('places', plain<number>(), 0);
    this.#sides = [
      side('left', spec.leftKeys, spec.left, type === 'left' || type === 'full' || type === 'anti'),
      side('right', spec.rightKeys, spec.right, type === 'right' || type === 'full'),
    ];
    this.#bounds = spec.bounds.map((bound) => ({ ...bound, compare: comparatorOf(bound.type) }));
    this.#condition = spec.condition === undefined ? null : compiled(spec.condition);
    this.#isFinal = spec.left !== null && spec.right !== null;
  }

  process(row: Row, change: Change, input: number, out: Collector): void {
    const own = this.#sides[input]!;
    const other = this.#sides[1 - input]!;
    const leaves = leavesAt(own, row);
    if (own.retention?.isWindow === true && leaves <= this.#watermark.value) {
      out.late();
      return;
    }
    const key = rowKey(row, own.keys);
    const partners = hasNull(row, own.strictKeys) ? NONE : this.#partnersOf(row, key, other, input);
    if (isAddition(change)) {
      const place = this.#places.value++;
      const writtenMs = own.ttl?.nowMs() ?? 0;
      const entry: Entry = { row, key, place, partners: partners.length, writtenMs };
      this.#add(entry, change, input, partners, leaves, out);
    } else this.#remove(row, key, change, input, partners, out);
  }

  advance(watermarkMs: number, out: Collector): void {
    this.#sides.forEach((side, input) => {
      const left = new Map<string, Set<Entry>>();
      for (const { item: entry } of side.leaving.due(watermarkMs)) {
        if (side.isKept && entry.partners === 0) this.#alone(INSERT, entry.row, input, out);
        if (side.rows.get(entry.key)!.length === 1) {
          side.rows.delete(entry.key);
          continue;
        }
        const entries = left.get(entry.key);
        if (entries === undefined) left.set(entry.key, new Set([entry]));
        else entries.add(entry);
      }
      for (const [key, entries] of left) {
        const known = side.rows.get(key)!;
        const rows = known.length === entries.size ? [] : known.filter((entry) => !entries.has(entry));
        if (rows.length === 0) side.rows.delete(key);
        else side.rows.set(key, rows);
      }
    });
    this.#watermark.value = watermarkMs;
  }

  #add(
    entry: Entry,
    change: Change,
    input: number,
    partners: readonly Entry[],
    leaves: number,
    out: Collector,
  ): void {
    const own = this.#sides[input]!;
    const { row } = entry;
    const isForgotten = own.retention !== null && leaves <= this.#watermark.value;
    for (const partner of partners) {
      partner.partners += 1;
      this.#touch(partner, 1 - input);
      if (partner.partners === 1) this.#foundFirst(partner, 1 - input, out);
      this.#pair(change, row, partner.row, input, out);
    }
    if (this.spec.type === 'semi' && input === 0 && partners.length > 0) out.emit(change, [row, null], []);
    if (own.isKept && partners.length === 0 && (!this.#isFinal || isForgotten)) {
      this.#alone(change, row, input, out);
    }
    if (isForgotten) return;
    const known = own.rows.get(entry.key);
    if (known === undefined) own.rows.set(entry.key, [entry]);
    else {
      known.push(entry);
      if (own.ttl !== null) own.rows.set(entry.key, known.filter(alive(own.ttl)));
    }
    if (own.retention !== null) own.leaving.add(leaves, entry);
  }

  #remove(
    row: Row,
    key: string,
    change: Change,
    input: number,
    partners: readonly Entry[],
    out: Collector,
  ): void {
    const own = this.#sides[input]!;
    const text = contentKey(row, this.spec.inputs[input]!);
    const known = own.rows.get(key) ?? [];
    const at = known.findIndex((entry) => contentKey(entry.row, this.spec.inputs[input]!) === text);
    if (at < 0) return;
    known.splice(at, 1);
    if (known.length === 0) own.rows.delete(key);
    for (const partner of partners) {
      this.#pair(change, row, partner.row, input, out);
      partner.partners -= 1;
      this.#touch(partner, 1 - input);
      if (partner.partners === 0) this.#lostLast(partner, 1 - input, out);
    }
    if (this.spec.type === 'semi' && input === 0 && partners.length > 0) out.emit(change, [row, null], []);
    if (own.isKept && partners.length === 0) this.#alone(change, row, input, out);
  }

  /** How many a row meets is remembered for rows that may stand alone: it is written anew. */
  #touch(entry: Entry, input: number): void {
    const { ttl, rows, isKept } = this.#sides[input]!;
    if (ttl === null || !isKept) return;
    entry.writtenMs = ttl.nowMs();
    const known = rows.get(entry.key);
    // It may have expired since it was found.
    if (known !== undefined) rows.set(entry.key, known);
  }

  #foundFirst(entry: Entry, input: number, out: Collector): void {
    if (this.spec.type === 'semi' && input === 0) out.emit(INSERT, [entry.row, null], []);
    else if (this.#sides[input]!.isKept && !this.#isFinal) this.#alone(DELETE, entry.row, input, out);
  }

  #lostLast(entry: Entry, input: number, out: Collector): void {
    if (this.spec.type === 'semi' && input === 0) out.emit(DELETE, [entry.row, null], []);
    else if (this.#sides[input]!.isKept && !this.#isFinal) this.#alone(INSERT, entry.row, input, out);
  }

  #pair(change: Change, row: Row, partner: Row, input: number, out: Collector): void {
    if (this.spec.type === 'semi' || this.spec.type === 'anti') return;
    out.emit(change, input === 0 ? [row, partner] : [partner, row], []);
  }

  #alone(change: Change, row: Row, input: number, out: Collector): void {
    out.emit(change, input === 0 ? [row, null] : [null, row], []);
  }

  #partnersOf(row: Row, key: string, other: Side, input: number): readonly Entry[] {
    const candidates = other.rows.get(key);
    if (candidates === undefined) return NONE;
    const isAlive = other.ttl === null ? null : alive(other.ttl);
    return candidates.filter((candidate) => {
      if (isAlive?.(candidate) === false) return false;
      const partner = candidate.row;
      const [left, right] = input === 0 ? [row, partner] : [partner, row];
      if (!this.#bounds.every((bound) => meets(bound, left, right))) return false;
      return this.#condition === null || this.#condition(left, right);
    });
  }
}

const NONE: readonly Entry[] = [];

type MeetsCondition = (left: Row, right: Row) => boolean;

function compiled({ predicate, columns }: NonNullable<Spec['condition']>): MeetsCondition {
  const places = new Map(columns.map(({ id }, place) => [id, place]));
  const evaluate = known(compile(predicate, (id) => places.get(id)));
  return (left, right) => {
    const values = columns.map(({ input, column }) => (input === 0 ? left : right)[column]!);
    return evaluate(values) === true;
  };
}

/** True for rows that have not expired. */
function alive(ttl: StateTtl): (entry: Entry) => boolean {
  const nowMs = ttl.nowMs();
  return ({ writtenMs }) => writtenMs + ttl.ms > nowMs;
}

/** When a row is forgotten: `Infinity` for good. */
function leavesAt({ retention }: Pick<Side, 'retention'>, row: Row): number {
  if (retention === null) return Number.POSITIVE_INFINITY;
  const time = row[retention.time]!;
  return time === null ? Number.NEGATIVE_INFINITY : millisecondsOf(time as bigint) + retention.keep;
}

/** What was stored without times counts as written now. */
function entriesOf(keys: readonly number[], ttl: StateTtl | null): StateCodec<Entry[]> {
  return {
    save: (entries) =>
      entries.map(({ row, place, partners, writtenMs }) => [row, place, partners, writtenMs]),
    load: (saved) =>
      (saved as readonly [Row, number, number, number][]).map(([row, place, partners, writtenMs]) => ({
        row,
        key: rowKey(row, keys),
        place,
        partners,
        writtenMs: writtenMs || (ttl?.nowMs() ?? 0),
      })),
  };
}

/** Values of both sides were cast to one type. */
function meets({ operator, left: a, right: b, compare }: Bound, left: Row, right: Row): boolean {
  const x = left[a]!;
  const y = right[b]!;
  if (x === null || y === null) return false;
  return HOLDS[operator](compare(x, y));
}
