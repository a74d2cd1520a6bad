/** Joins with the version of a table that was in force at the time of each row. */
import {
  HeapState,
  type KeyedState,
  plain,
  type StateBackend,
  type StreamOperator,
  type TimeQueue,
} from '../../core/index.js';
import { millisecondsOf } from './event-time.js';
import {
  type Change,
  type Collector,
  isAddition,
  type Row,
  type RowFunction,
  UPDATE_BEFORE,
} from './row-function.js';
import { hasNull, rowKey } from './value-key.js';

type Spec = Extract<StreamOperator<number>, { kind: 'temporal_join' }>;

/** What a key is from a time on; a row of null: deleted. */
interface Version {
  readonly time: number;
  readonly row: Row | null;
}

interface Probe {
  readonly row: Row;
  readonly change: Change;
}

/**
 * Rows of the left side wait for the watermark; when both sides have passed their time, no version before it can come
 * any more. A row that comes late meets the versions that are left. Of the versions that the watermark has passed
 * the last is kept.
 */
export class TemporalJoin implements RowFunction {
  /** By key, in the order of time; one for each moment, the last that came. */
  readonly #versions: KeyedState<Version[]>;
  readonly #waiting: TimeQueue<Probe>;
  /** Keys by the times of their versions: when one has passed, those before it are forgotten. */
  readonly #passing: TimeQueue<string>;

  constructor(
    private readonly spec: Spec,
    state: StateBackend = new HeapState(),
  ) {
    this.#versions = state.keyed('versions', {
      save: (versions) => versions.map(({ time, row }) => [time, row]),
      load: (saved) => (saved as readonly [number, Row | null][]).map(([time, row]) => ({ time, row })),
    });
    this.#waiting = state.queue('waiting', {
      save: ({ row, change }) => [row, change],
      load: (saved) => {
        const [row, change] = saved as [Row, Change];
        return { row, change };
      },
    });
    this.#passing = state.queue('passing', plain<string>());
  }

  process(row: Row, change: Change, input: number): void {
    if (input === 1) this.#addVersion(row, change);
    else this.#waiting.add(millisecondsOf(row[this.spec.time] as bigint), { row, change });
  }

  advance(watermarkMs: number, out: Collector): void {
    for (const { time, item } of this.#waiting.due(watermarkMs)) {
      const { row, change } = item;
      const version = this.#versionAt(row, time);
      if (version !== null || this.spec.type === 'left') out.emit(change, [row, version], []);
    }
    for (const { item: key } of this.#passing.due(watermarkMs)) {
      const versions = this.#versions.get(key)!;
      versions.splice(0, placeOf(versions, watermarkMs));
    }
  }

  #addVersion(row: Row, change: Change): void {
    const { rightKeys, versionTime, dropsOlder } = this.spec;
    // What is in force from now on follows, at its own time.
    if (change === UPDATE_BEFORE || hasNull(row, rightKeys)) return;
    const key = rowKey(row, rightKeys);
    const time = millisecondsOf(row[versionTime] as bigint);
    const version = { time, row: isAddition(change) ? row : null };
    const versions = this.#versions.get(key);
    if (versions === undefined) this.#versions.set(key, [version]);
    else {
      if (dropsOlder && time < versions.at(-1)!.time) return;
      const at = placeOf(versions, time);
      if (versions[at]?.time === time) versions[at] = version;
      else versions.splice(at + 1, 0, version);
    }
    this.#passing.add(time, key);
  }

  #versionAt(row: Row, time: number): Row | null {
    if (hasNull(row, this.spec.leftKeys)) return null;
    const versions = this.#versions.get(rowKey(row, this.spec.leftKeys)) ?? [];
    return versions[placeOf(versions, time)]?.row ?? null;
  }
}

/** The place of the last version that is not after `time`; -1: all are. */
function placeOf(versions: readonly Version[], time: number): number {
  let low = 0;
  let high = versions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (versions[middle]!.time <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
