/** GROUP BY a window of time with aggregates written in Python: as `WindowAggregate`, the accumulators are in the state. */
import {
  type AccumulateStream,
  HeapState,
  type KeyedState,
  type OperatorValue,
  plain,
  type SqlValue,
  type StateBackend,
  type TimeQueue,
} from '../../../core/index.js';
import { millisecondsOf } from '../event-time.js';
import {
  type Change,
  type Collector,
  INSERT,
  isAddition,
  type Row,
  type RowFunction,
} from '../row-function.js';
import { rowKey } from '../value-key.js';
import { type CalledGroup, GroupCalls } from './group-calls.js';
import type { GroupRow, UpdateGroups } from './grouped-rows.js';

interface Group {
  readonly keys: readonly SqlValue[];
  readonly called: CalledGroup;
  /** What its functions said last. */
  said: readonly SqlValue[];
  /** Rows that they have not been given. */
  waiting: GroupRow[];
  rows: number;
}

/** A window that has ended, with the watermark before that. */
interface Ended {
  readonly group: Group;
  readonly clockMs: number;
}

/**
 * Rows wait for the end of their batch, or for that of their window where some function takes whole groups. No row that
 * counts can come behind the end of its window, so windows that end within a batch are said at its end, each with the
 * time at which it ended.
 */
export class AccumulateWindow implements RowFunction {
  readonly #calls: GroupCalls;
  readonly #groups: KeyedState<Group>;
  /** Keys of groups by the last moment of their window. */
  readonly #ending: TimeQueue<string>;
  readonly #watermark: OperatorValue<number>;
  #ended: Ended[] = [];
  readonly #changed = new Set<Group>();

  constructor(
    private readonly stream: AccumulateStream,
    private readonly windowTime: number,
    private readonly update: UpdateGroups,
    state: StateBackend = new HeapState(),
  ) {
    const calls = new GroupCalls(stream);
    this.#calls = calls;
    this.#groups = state.keyed('groups', {
      save: ({ keys, called, said, waiting, rows }) => [
        keys,
        calls.save(called),
        said,
        waiting.map(saveRow),
        rows,
      ],
      load: (saved) => {
        const [keys, called, said, waiting, rows] = saved as [Row, SqlValue, Row, SqlValue[], number];
        return { keys, called: calls.load(called), said, waiting: waiting.map(loadRow), rows };
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
    const columns = this.stream.operator.keys;
    const key = rowKey(row, columns);
    let group = this.#groups.get(key);
    if (group === undefined) {
      const keys = columns.map((column) => row[column]!);
      group = { keys, called: this.#calls.start(), said: [], waiting: [], rows: 0 };
      this.#groups.set(key, group);
      this.#ending.add(time, key);
    }
    group.rows += isAddition(change) ? 1 : -1;
    group.waiting.push(this.#calls.take(group.called, row, isAddition(change)));
    this.#changed.add(group);
  }

  advance(watermarkMs: number): void {
    for (const due of this.#ending.due(watermarkMs)) {
      const group = this.#groups.get(due.item)!;
      this.#groups.delete(due.item);
      this.#changed.delete(group);
      if (group.rows > 0) this.#ended.push({ group, clockMs: this.#watermark.value });
    }
    this.#watermark.value = watermarkMs;
  }

  async endBatch(out: Collector): Promise<void> {
    const ended = this.#ended;
    this.#ended = [];
    const changed = this.stream.operator.keepsRows ? [] : [...this.#changed];
    this.#changed.clear();
    const groups = [...ended.map(({ group }) => group), ...changed].filter(
      ({ waiting }) => waiting.length > 0,
    );
    const asked = groups.map(({ called, waiting }) => ({
      accumulators: called.accumulators,
      pieces: [waiting],
    }));
    const updates = asked.length === 0 ? [] : await this.update(asked);
    groups.forEach((group, i) => {
      const { values, accumulators } = updates[i]!;
      group.called.accumulators = accumulators;
      group.said = values[0]!;
      group.waiting = [];
    });
    for (const { group, clockMs } of ended) {
      out.emit(INSERT, [], [...group.keys, ...this.#calls.builtIns(group.called), ...group.said], clockMs);
    }
  }
}

function saveRow({ values, retracts, counted }: GroupRow): SqlValue {
  return [values, retracts, counted];
}

function loadRow(saved: SqlValue): GroupRow {
  const [values, retracts, counted] = saved as [SqlValue[], boolean, boolean[]];
  return { values, retracts, counted };
}
