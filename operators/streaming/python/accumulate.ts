/** GROUP BY without windows with aggregates written in Python: as `GroupAggregate`, the accumulators are in the state. */
import {
  type AccumulateStream,
  HeapState,
  type KeyedState,
  type OperatorValue,
  plain,
  type SqlValue,
  type StateBackend,
  type StateCodec,
} from '../../../core/index.js';
import { type Change, type Collector, isAddition, type Row, type RowFunction } from '../row-function.js';
import { sayGroup } from '../said-group.js';
import { rowKey } from '../value-key.js';
import { type CalledGroup, GroupCalls } from './group-calls.js';
import type { GroupRow, UpdateGroups } from './grouped-rows.js';

interface Group {
  readonly keys: readonly SqlValue[];
  readonly called: CalledGroup;
  rows: number;
  /** What was put out last; null: nothing, or it was taken back. */
  said: readonly SqlValue[] | null;
}

/** A group that changed before a moment in time. */
interface Changed {
  readonly group: Group;
  readonly rows: readonly GroupRow[];
  /** What its built-in aggregates were then; null: it had gone. */
  readonly builtIns: readonly SqlValue[] | null;
  /** The watermark then. */
  readonly clockMs: number;
}

/** All rows of a batch go to Python together; a group that is left without rows does not. */
export class Accumulate implements RowFunction {
  readonly #calls: GroupCalls;
  readonly #groups: KeyedState<Group>;
  readonly #watermark: OperatorValue<number>;
  readonly #keys: readonly number[];
  /** As of `GroupAggregate`. */
  readonly #expires: boolean;
  /** Rows since the last moment. */
  readonly #rows = new Map<string, { readonly group: Group; readonly rows: GroupRow[] }>();
  #changed: Changed[] = [];

  constructor(
    stream: AccumulateStream,
    private readonly update: UpdateGroups,
    state: StateBackend = new HeapState(),
  ) {
    this.#keys = stream.operator.keys;
    const calls = new GroupCalls(stream);
    this.#calls = calls;
    const ttl = state.ttlOf(stream.operator.stateTtlMs);
    this.#expires = ttl !== null;
    const codec: StateCodec<Group> = {
      save: ({ keys, called, rows, said }) => [keys, calls.save(called), rows, said],
      load: (saved) => {
        const [keys, called, rows, said] = saved as [Row, SqlValue, number, Row | null];
        return { keys, called: calls.load(called), rows, said };
      },
    };
    this.#groups = state.keyed('groups', codec, { expires: true, ttl });
    this.#watermark = state.value('watermark', plain<number>(), Number.NEGATIVE_INFINITY);
  }

  process(row: Row, change: Change): void {
    const key = rowKey(row, this.#keys);
    let waiting = this.#rows.get(key);
    // As in `GroupAggregate`.
    let group = waiting?.group ?? this.#groups.get(key);
    if (group === undefined) {
      // The row before was taken back with its group already.
      if (!isAddition(change)) return;
      const keys = this.#keys.map((column) => row[column]!);
      group = { keys, called: this.#calls.start(), rows: 0, said: null };
      this.#groups.set(key, group);
    } else if (this.#expires) this.#groups.set(key, group);
    group.rows += isAddition(change) ? 1 : -1;
    if (waiting === undefined) {
      waiting = { group, rows: [] };
      this.#rows.set(key, waiting);
    }
    waiting.rows.push(this.#calls.take(group.called, row, isAddition(change)));
  }

  flush(): void {
    for (const [key, { group, rows }] of this.#rows) {
      const isGone = group.rows === 0;
      if (isGone) this.#groups.delete(key);
      const builtIns = isGone ? null : this.#calls.builtIns(group.called);
      this.#changed.push({ group, rows, builtIns, clockMs: this.#watermark.value });
    }
    this.#rows.clear();
  }

  advance(watermarkMs: number): void {
    this.#watermark.value = watermarkMs;
  }

  async endBatch(out: Collector): Promise<void> {
    const changed = this.#changed;
    this.#changed = [];
    const pieces = new Map<Group, (readonly GroupRow[])[]>();
    for (const { group, rows, builtIns } of changed) {
      if (builtIns === null) continue;
      const own = pieces.get(group);
      if (own === undefined) pieces.set(group, [rows]);
      else own.push(rows);
    }
    const values = await this.#updated(pieces);
    for (const { group, builtIns, clockMs } of changed) {
      const now = builtIns && [...group.keys, ...builtIns, ...values.get(group)!.next().value!];
      sayGroup(group.said, now, out, { clockMs, repeats: this.#expires });
      group.said = now;
    }
  }

  /** What the functions say of each group, after each piece of its rows. */
  async #updated(
    pieces: ReadonlyMap<Group, readonly (readonly GroupRow[])[]>,
  ): Promise<Map<Group, Iterator<readonly SqlValue[]>>> {
    const groups = [...pieces.keys()];
    const asked = groups.map((group) => ({
      accumulators: group.called.accumulators,
      pieces: pieces.get(group)!,
    }));
    const updates = asked.length === 0 ? [] : await this.update(asked);
    return new Map(
      groups.map((group, i) => {
        const { values, accumulators } = updates[i]!;
        group.called.accumulators = accumulators;
        return [group, values[Symbol.iterator]()];
      }),
    );
  }
}
