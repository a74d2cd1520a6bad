/** GROUP BY a window of time with aggregates written in Python: as `WindowAggregate`, the accumulators are in the state. */
import { type AccumulateStream, HeapState, type SqlValue, type StateBackend } from '../../../core/index.js';
import {
  type Change,
  type Collector,
  INSERT,
  isAddition,
  type Row,
  type RowFunction,
} from '../row-function.js';
import { WindowGroups } from '../window-groups.js';
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
  readonly #groups: WindowGroups<Group>;
  #ended: Ended[] = [];
  readonly #changed = new Set<Group>();

  constructor(
    private readonly stream: AccumulateStream,
    windowTime: number,
    private readonly update: UpdateGroups,
    state: StateBackend = new HeapState(),
  ) {
    const calls = new GroupCalls(stream);
    this.#calls = calls;
    const columns = stream.operator.keys;
    const codec = {
      save: ({ keys, called, said, waiting, rows }: Group) => [
        keys,
        calls.save(called),
        said,
        waiting.map(saveRow),
        rows,
      ],
      load: (saved: SqlValue) => {
        const [keys, called, said, waiting, rows] = saved as [Row, SqlValue, Row, SqlValue[], number];
        return { keys, called: calls.load(called), said, waiting: waiting.map(loadRow), rows };
      },
    };
    const start = (row: Row): Group => {
      const keys = columns.map((column) => row[column]!);
      return { keys, called: calls.start(), said: [], waiting: [], rows: 0 };
    };
    this.#groups = new WindowGroups({ name: 'groups', codec, keys: columns, windowTime, start }, state);
  }

  process(row: Row, change: Change, _input: number, out: Collector): void {
    const group = this.#groups.of(row);
    if (group === null) {
      out.late();
      return;
    }
    group.rows += isAddition(change) ? 1 : -1;
    group.waiting.push(this.#calls.take(group.called, row, isAddition(change)));
    this.#changed.add(group);
  }

  advance(watermarkMs: number): void {
    const clockMs = this.#groups.watermarkMs;
    this.#groups.advance(watermarkMs, (group) => {
      this.#changed.delete(group);
      if (group.rows > 0) this.#ended.push({ group, clockMs });
    });
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
