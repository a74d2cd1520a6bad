/** GROUP BY with a window of time among the keys: one row for each group, when the watermark passes the window. */
import {
  HeapState,
  type KeyedState,
  type OperatorValue,
  plain,
  type SqlValue,
  type StateBackend,
  type StreamOperator,
  type TimeQueue,
} from '../../core/index.js';
import type { Accumulator } from './aggregates/accumulator.js';
import { Calls, resultsOf } from './call-state.js';
import { millisecondsOf } from './event-time.js';
import {
  type Change,
  type Collector,
  INSERT,
  isAddition,
  type Row,
  type RowFunction,
} from './row-function.js';
import { rowKey } from './value-key.js';

interface Group {
  readonly keys: readonly SqlValue[];
  readonly values: readonly Accumulator[];
  rows: number;
}

/** A row of a window that has ended is late; of one that has not it counts, however old it is. */
export class WindowAggregate implements RowFunction {
  readonly #calls: Calls;
  readonly #groups: KeyedState<Group>;
  /** Keys of groups by the last moment of their window. */
  readonly #ending: TimeQueue<string>;
  readonly #watermark: OperatorValue<number>;

  constructor(
    private readonly spec: Extract<StreamOperator<number>, { kind: 'aggregate' }>,
    private readonly windowTime: number,
    state: StateBackend = new HeapState(),
  ) {
    const calls = new Calls(spec.calls, spec.inputs[0]!.change !== null);
    this.#calls = calls;
    this.#groups = state.keyed('groups', {
      save: ({ keys, values, rows }) => [keys, calls.save(values), rows],
      load: (saved) => {
        const [keys, values, rows] = saved as [Row, SqlValue, number];
        return { keys, values: calls.load(values), rows };
      },
    });
    this.#ending = state.queue('ending', plain<string>());
    this.#watermark = state.value('watermark', plain<number>(), Number.NEGATIVE_INFINITY);
  }

  process(row: Row, change: Change, _input: number, out: Collector): void {
    const time = millisecondsOf(row[this.windowTime] as bigint);
    if (time <= this.#watermark.value) {
      out.late();
      return;
    }
    const key = rowKey(row, this.spec.keys);
    let group = this.#groups.get(key);
    if (group === undefined) {
      const keys = this.spec.keys.map((column) => row[column]!);
      group = { keys, values: this.#calls.start(), rows: 0 };
      this.#groups.set(key, group);
      this.#ending.add(time, key);
    }
    group.rows += isAddition(change) ? 1 : -1;
    this.#calls.apply(group.values, row, isAddition(change));
  }

  advance(watermarkMs: number, out: Collector): void {
    for (const due of this.#ending.due(watermarkMs)) {
      const group = this.#groups.get(due.item)!;
      this.#groups.delete(due.item);
      if (group.rows > 0) out.emit(INSERT, [], [...group.keys, ...resultsOf(group.values)]);
    }
    this.#watermark.value = watermarkMs;
  }
}
