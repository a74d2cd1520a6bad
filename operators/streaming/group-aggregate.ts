/** GROUP BY without windows: a group's row changes with the rows that come. */
import {
  HeapState,
  type KeyedState,
  type SqlValue,
  type StateBackend,
  type StateCodec,
  type StreamOperator,
} from '../../core/index.js';
import type { Accumulator } from './aggregates/accumulator.js';
import { Calls, resultsOf } from './call-state.js';
import { type Change, type Collector, isAddition, type Row, type RowFunction } from './row-function.js';
import { sayGroup } from './said-group.js';
import { rowKey } from './value-key.js';

type Spec = Extract<StreamOperator<number>, { kind: 'aggregate' }>;

interface Group {
  readonly keys: readonly SqlValue[];
  readonly values: readonly Accumulator[];
  rows: number;
  /** What was put out last; null: nothing, or it was taken back. */
  said: readonly SqlValue[] | null;
}

/** Says the change of a group once for all rows of a batch, and only where its results differ. */
export class GroupAggregate implements RowFunction {
  /** Results that stay as they were are then said all the same, so that what is behind does not expire before. */
  readonly #expires: boolean;
  readonly #calls: Calls;
  readonly #groups: KeyedState<Group>;
  readonly #changed = new Map<string, Group>();

  constructor(
    private readonly spec: Spec,
    state: StateBackend = new HeapState(),
  ) {
    const calls = new Calls(spec.calls, spec.inputs[0]!.change !== null);
    this.#calls = calls;
    const ttl = state.ttlOf(spec.stateTtlMs);
    this.#expires = ttl !== null;
    const codec: StateCodec<Group> = {
      save: ({ keys, values, rows, said }) => [keys, calls.save(values), rows, said],
      load: (saved) => {
        const [keys, values, rows, said] = saved as [Row, SqlValue, number, Row | null];
        return { keys, values: calls.load(values), rows, said };
      },
    };
    this.#groups = state.keyed('groups', codec, { expires: true, ttl });
  }

  process(row: Row, change: Change): void {
    const key = rowKey(row, this.spec.keys);
    // What has changed since it was said last is not forgotten before.
    let group = this.#changed.get(key) ?? this.#groups.get(key);
    if (group === undefined) {
      // The row before was taken back with its group already.
      if (!isAddition(change)) return;
      const keys = this.spec.keys.map((column) => row[column]!);
      group = { keys, values: this.#calls.start(), rows: 0, said: null };
      this.#groups.set(key, group);
    } else if (this.#expires) this.#groups.set(key, group);
    group.rows += isAddition(change) ? 1 : -1;
    this.#calls.apply(group.values, row, isAddition(change));
    this.#changed.set(key, group);
  }

  flush(out: Collector): void {
    for (const [key, group] of this.#changed) {
      const isGone = group.rows === 0;
      if (isGone) this.#groups.delete(key);
      const now = isGone ? null : [...group.keys, ...resultsOf(group.values)];
      sayGroup(group.said, now, out, { repeats: this.#expires });
      group.said = now;
    }
    this.#changed.clear();
  }
}
