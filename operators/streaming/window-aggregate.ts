/** GROUP BY with a window of time among the keys: one row for each group, when the watermark passes the window. */
import { HeapState, type SqlValue, type StateBackend, type StreamOperator } from '../../core/index.js';
import type { Accumulator } from './aggregates/accumulator.js';
import { Calls, resultsOf } from './call-state.js';
import {
  type Change,
  type Collector,
  INSERT,
  isAddition,
  type Row,
  type RowFunction,
} from './row-function.js';
import { WindowGroups } from './window-groups.js';

interface Group {
  readonly keys: readonly SqlValue[];
  readonly values: readonly Accumulator[];
  rows: number;
}

/** A row of a window that has ended is late; of one that has not it counts, however old it is. */
export class WindowAggregate implements RowFunction {
  readonly #calls: Calls;
  readonly #groups: WindowGroups<Group>;

  constructor(
    spec: Extract<StreamOperator<number>, { kind: 'aggregate' }>,
    windowTime: number,
    state: StateBackend = new HeapState(),
  ) {
    const { keys } = spec;
    const calls = new Calls(spec.calls, spec.inputs[0]!.change !== null);
    this.#calls = calls;
    const codec = {
      save: ({ keys: values, values: accumulators, rows }: Group) => [values, calls.save(accumulators), rows],
      load: (saved: SqlValue) => {
        const [values, accumulators, rows] = saved as [Row, SqlValue, number];
        return { keys: values, values: calls.load(accumulators), rows };
      },
    };
    const start = (row: Row) => ({
      keys: keys.map((column) => row[column]!),
      values: calls.start(),
      rows: 0,
    });
    this.#groups = new WindowGroups({ name: 'groups', codec, keys, windowTime, start }, state);
  }

  process(row: Row, change: Change, _input: number, out: Collector): void {
    const group = this.#groups.of(row);
    if (group === null) {
      out.late();
      return;
    }
    group.rows += isAddition(change) ? 1 : -1;
    this.#calls.apply(group.values, row, isAddition(change));
  }

  advance(watermarkMs: number, out: Collector): void {
    this.#groups.advance(watermarkMs, ({ keys, values, rows }) => {
      if (rows > 0) out.emit(INSERT, [], [...keys, ...resultsOf(values)]);
    });
  }
}
