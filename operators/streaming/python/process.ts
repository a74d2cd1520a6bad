/** A process function: rows and timers of keys, whose states the core remembers as the workers gave them. */
import {
  HeapState,
  type KeyedState,
  type OperatorValue,
  type ProcessStream,
  plain,
  type SqlValue,
  type StateBackend,
  type TimeQueue,
} from '../../../core/index.js';
import { millisecondsOf } from '../event-time.js';
import { type Change, type Collector, INSERT, type Row, type RowFunction } from '../row-function.js';
import { rowKey } from '../value-key.js';
import type { KeyedRow, ProcessKeys } from './keyed-events.js';

interface Remembered {
  readonly keys: readonly SqlValue[];
  state: Uint8Array | null;
  eventTimer: number;
  clockTimer: number;
}

/** A key to which something has come in this batch. */
interface Touched {
  readonly remembered: Remembered;
  readonly rows: KeyedRow[];
  /** For each row its number among all of the batch. */
  readonly places: number[];
}

/**
 * All that comes in a batch goes to Python together, key by key; what the function gives leaves in the order of the rows
 * that it belongs to.
 */
export class Process implements RowFunction {
  readonly #remembered: KeyedState<Remembered>;
  /** Keys by their first timer in event time, and by that of the clock; entries that are no longer true are passed over. */
  readonly #eventTimers: TimeQueue<string>;
  readonly #clockTimers: TimeQueue<string>;
  readonly #watermark: OperatorValue<number>;
  readonly #touched = new Map<string, Touched>();
  #places = 0;

  constructor(
    private readonly stream: ProcessStream,
    private readonly processKeys: ProcessKeys,
    state: StateBackend = new HeapState(),
  ) {
    this.#remembered = state.keyed('keys', {
      save: ({ keys, state: bytes, eventTimer, clockTimer }) => [keys, bytes, eventTimer, clockTimer],
      load: (saved) => {
        const [keys, bytes, eventTimer, clockTimer] = saved as [Row, Uint8Array | null, number, number];
        return { keys, state: bytes, eventTimer, clockTimer };
      },
    });
    this.#eventTimers = state.queue('event timers', plain<string>());
    this.#clockTimers = state.queue('clock timers', plain<string>());
    this.#watermark = state.value('watermark', plain<number>(), Number.NEGATIVE_INFINITY);
  }

  process(row: Row, _change: Change): void {
    const { keys: columns, time } = this.stream.operator;
    const key = rowKey(row, columns);
    const touched = this.#touch(key, () => columns.map((column) => row[column]!));
    const timeOfRow = time === null ? null : row[time]!;
    touched.rows.push({
      values: this.stream.copied.map(({ from }) => row[from]!),
      timestamp: timeOfRow === null ? null : millisecondsOf(timeOfRow as bigint),
      clockMs: this.#watermark.value,
    });
    touched.places.push(this.#places++);
  }

  advance(watermarkMs: number): void {
    this.#watermark.value = watermarkMs;
    this.#wakeKeys(this.#eventTimers, 'eventTimer', watermarkMs);
  }

  wakeAt(): number {
    return this.#clockTimers.first;
  }

  wake(nowMs: number): void {
    this.#wakeKeys(this.#clockTimers, 'clockTimer', nowMs);
  }

  async endBatch(out: Collector): Promise<void> {
    if (this.#touched.size === 0) return;
    const touched = [...this.#touched];
    this.#touched.clear();
    this.#places = 0;
    const untilMs = this.#watermark.value;
    const updates = await this.processKeys(
      touched.map(([, { remembered, rows }]) => ({ ...remembered, rows, untilMs })),
    );
    const given: { readonly place: number; readonly values: readonly SqlValue[] }[] = [];
    touched.forEach(([key, { remembered, places }], i) => {
      const update = updates[i]!;
      this.#remember(key, remembered, update);
      for (const { row, fields } of update.given) {
        const place = places[row] ?? Number.POSITIVE_INFINITY;
        given.push({ place, values: [...remembered.keys, ...fields] });
      }
    });
    given.sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0));
    for (const { values } of given) out.emit(INSERT, [], values);
  }

  #touch(key: string, keysOf: () => readonly SqlValue[]): Touched {
    let touched = this.#touched.get(key);
    if (touched === undefined) {
      const remembered = this.#remembered.get(key) ?? {
        keys: keysOf(),
        state: null,
        eventTimer: Number.POSITIVE_INFINITY,
        clockTimer: Number.POSITIVE_INFINITY,
      };
      touched = { remembered, rows: [], places: [] };
      this.#touched.set(key, touched);
    }
    return touched;
  }

  #wakeKeys(timers: TimeQueue<string>, which: 'eventTimer' | 'clockTimer', time: number): void {
    for (const due of timers.due(time)) {
      const remembered = this.#remembered.get(due.item);
      if (remembered?.[which] !== due.time) continue;
      // It is queued anew where the function has not been called for it.
      remembered[which] = Number.POSITIVE_INFINITY;
      this.#touch(due.item, () => []);
    }
  }

  #remember(
    key: string,
    remembered: Remembered,
    now: { readonly state: Uint8Array | null; readonly eventTimer: number; readonly clockTimer: number },
  ): void {
    if (now.state === null) {
      this.#remembered.delete(key);
      return;
    }
    if (now.eventTimer !== remembered.eventTimer && Number.isFinite(now.eventTimer))
      this.#eventTimers.add(now.eventTimer, key);
    if (now.clockTimer !== remembered.clockTimer && Number.isFinite(now.clockTimer))
      this.#clockTimers.add(now.clockTimer, key);
    remembered.state = now.state;
    remembered.eventTimer = now.eventTimer;
    remembered.clockTimer = now.clockTimer;
    this.#remembered.set(key, remembered);
  }
}
