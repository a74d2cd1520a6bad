/** GROUP BY with a window of time among the keys: one row for each group, when the watermark passes the window. */
import type { SqlValue, StreamOperator } from '../../core/index.js';
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
import { TimeQueue } from './time-queue.js';
import { rowKey } from './value-key.js';

interface Group {
  readonly key: string;
  readonly keys: readonly SqlValue[];
  readonly values: readonly Accumulator[];
  rows: number;
}

/** A row of a window that has ended is late; of one that has not it counts, however old it is. */
export class WindowAggregate implements RowFunction {
  readonly #calls: Calls;
  readonly #groups = new Map<string, Group>();
  readonly #ending = new TimeQueue<Group>();
  #watermark = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly spec: Extract<StreamOperator<number>, { kind: 'aggregate' }>,
    private readonly windowTime: number,
  ) {
    this.#calls = new Calls(spec.calls, spec.inputs[0]!.change !== null);
  }

  process(row: Row, change: Change, _input: number, out: Collector): void {
    const time = millisecondsOf(row[this.windowTime] as bigint);
    if (time <= this.#watermark) {
      out.late();
      return;
    }
    const key = rowKey(row, this.spec.keys);
    let group = this.#groups.get(key);
    if (group === undefined) {
      const keys = this.spec.keys.map((column) => row[column]!);
      group = { key, keys, values: this.#calls.start(), rows: 0 };
      this.#groups.set(key, group);
      this.#ending.add(time, group);
    }
    group.rows += isAddition(change) ? 1 : -1;
    this.#calls.apply(group.values, row, isAddition(change));
  }

  advance(watermarkMs: number, out: Collector): void {
    for (const due of this.#ending.due(watermarkMs)) {
      const group = due.item;
      this.#groups.delete(group.key);
      if (group.rows > 0) out.emit(INSERT, [], [...group.keys, ...resultsOf(group.values)]);
    }
    this.#watermark = watermarkMs;
  }
}
