/** What is remembered of windows of time: a thing for each key and window, until the watermark has passed it. */
import {
  type KeyedState,
  type OperatorValue,
  plain,
  type StateBackend,
  type StateCodec,
  type TimeQueue,
} from '../../core/index.js';
import { millisecondsOf } from './event-time.js';
import type { Row } from './row-function.js';
import { rowKey } from './value-key.js';

export interface WindowGroupsSpec<T> {
  /** Of the state. */
  readonly name: string;
  readonly codec: StateCodec<T>;
  /** Columns of the key, those of the window among them. */
  readonly keys: readonly number[];
  /** The column with the last moment of the window. */
  readonly windowTime: number;
  /** The thing for the first row of a group. */
  readonly start: (row: Row) => T;
}

export class WindowGroups<T> {
  readonly #groups: KeyedState<T>;
  /** Keys of groups by the last moment of their window. */
  readonly #ending: TimeQueue<string>;
  readonly #watermark: OperatorValue<number>;

  constructor(
    private readonly spec: WindowGroupsSpec<T>,
    state: StateBackend,
  ) {
    this.#groups = state.keyed(spec.name, spec.codec);
    this.#ending = state.queue('ending', plain<string>());
    this.#watermark = state.value('watermark', plain<number>(), Number.NEGATIVE_INFINITY);
  }

  /** How far time has come. */
  get watermarkMs(): number {
    return this.#watermark.value;
  }

  /** The thing of a row's group; null where its window has ended: the row is late. */
  of(row: Row): T | null {
    const { keys, windowTime, start } = this.spec;
    const time = millisecondsOf(row[windowTime] as bigint);
    if (time <= this.#watermark.value) return null;
    const key = rowKey(row, keys);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const started = start(row);
    this.#groups.set(key, started);
    this.#ending.add(time, key);
    return started;
  }

  /** Gives the things of the windows that end up to there, in the order of their ends, and forgets them. */
  advance(watermarkMs: number, ended: (group: T) => void): void {
    for (const { item: key } of this.#ending.due(watermarkMs)) {
      const group = this.#groups.get(key)!;
      this.#groups.delete(key);
      ended(group);
    }
    this.#watermark.value = watermarkMs;
  }
}
