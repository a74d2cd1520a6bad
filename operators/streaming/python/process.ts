/** A process function: rows and timers of keys, whose states the core remembers as the workers gave them. */
import {
  HeapState,
  type KeyedState,
  type OperatorValue,
  type ProcessStream,
  type ProcessWindow,
  plain,
  type SqlValue,
  type StateBackend,
  type TimeQueue,
} from '../../../core/index.js';
import { millisecondsOf } from '../event-time.js';
import { type Change, type Collector, INSERT, type Row, type RowFunction } from '../row-function.js';
import { rowKey } from '../value-key.js';
import type { KeyedRow, ProcessKeys, TimeWindow } from './keyed-events.js';

interface Remembered {
  readonly keys: readonly SqlValue[];
  state: Uint8Array | null;
  eventTimer: number;
  clockTimer: number;
  /** When the key is looked at for its timer: then or earlier, as a timer that is put off stays where it is queued. */
  eventQueued: number;
  clockQueued: number;
}

/** A key to which something has come. */
interface Touched {
  readonly keys: readonly SqlValue[];
  readonly rows: KeyedRow[];
  /** For each row its number among all of the batch. */
  readonly places: number[];
}

/** What has come one after the other: rows and time of keys, or rows of the broadcast table. */
interface Segment {
  readonly isBroadcast: boolean;
  /** By key; of the broadcast table one for all its rows. */
  readonly touched: Map<string, Touched>;
  /** The watermark behind it. */
  untilMs: number;
}

/** A row that the function gave, with the number of the one that it belongs to. */
interface Given {
  readonly place: number;
  readonly values: readonly SqlValue[];
}

/**
 * All that comes in a batch goes to Python together, key by key; what the function gives leaves in the order of the rows
 * that it belongs to. A row of the broadcast table divides the batch: keys see what it tells from there on.
 */
export class Process implements RowFunction {
  readonly #remembered: KeyedState<Remembered>;
  /** Keys by when they are looked at for their timers; entries that are no longer true are passed over. */
  readonly #timers: Readonly<Record<'event' | 'clock', TimeQueue<string>>>;
  readonly #watermark: OperatorValue<number>;
  /** As a worker gave it; null: there is none. */
  readonly #broadcast: OperatorValue<Uint8Array | null>;
  /** The watermark before the first that came since the last `endBatch`; null: none came. */
  #saidAtMs: number | null = null;
  #segments: Segment[] = [];
  #places = 0;

  constructor(
    private readonly stream: ProcessStream,
    private readonly processKeys: ProcessKeys,
    state: StateBackend = new HeapState(),
  ) {
    this.#remembered = state.keyed('keys', {
      save: ({ keys, state: bytes, ...timers }) => {
        return [keys, bytes, timers.eventTimer, timers.clockTimer, timers.eventQueued, timers.clockQueued];
      },
      load: (saved) => {
        // Checkpoints of before have no more than the timers, which were queued each time.
        const [keys, bytes, eventTimer, clockTimer, eventQueued = eventTimer, clockQueued = clockTimer] =
          saved as [Row, Uint8Array | null, number, number, number?, number?];
        return { keys, state: bytes, eventTimer, clockTimer, eventQueued, clockQueued };
      },
    });
    this.#timers = {
      event: state.queue('event timers', plain<string>()),
      clock: state.queue('clock timers', plain<string>()),
    };
    this.#watermark = state.value('watermark', plain<number>(), Number.NEGATIVE_INFINITY);
    this.#broadcast = state.value('broadcast', plain<Uint8Array | null>(), null);
  }

  process(row: Row, _change: Change, _input: number, out: Collector): void {
    const { keys: columns, tables, tag, perWindow } = this.stream.operator;
    const member = tag === null ? 0 : (row[tag] as number);
    const { time, isBroadcast, window: at } = tables[member]!;
    const window = at === null ? null : windowOf(row, at);
    if (perWindow && !isBroadcast && window !== null && window.endMs - 1 <= this.#watermark.value) {
      out.late();
      return;
    }
    const key = isBroadcast ? '' : rowKey(row, columns);
    const touched = this.#touch(key, isBroadcast, () => columns.map((column) => row[column]!));
    const timeOfRow = time === null ? null : row[time]!;
    touched.rows.push({
      values: this.stream.copied.map(({ from }) => row[from]!),
      member,
      window,
      timestamp: timeOfRow === null ? null : millisecondsOf(timeOfRow as bigint),
      clockMs: this.#watermark.value,
    });
    touched.places.push(this.#places++);
  }

  advance(watermarkMs: number): void {
    this.#saidAtMs ??= this.#watermark.value;
    this.#watermark.value = watermarkMs;
    this.#wakeKeys('event', watermarkMs);
  }

  wakeAt(): number {
    return this.#timers.clock.first;
  }

  wake(nowMs: number): void {
    this.#wakeKeys('clock', nowMs);
  }

  async endBatch(out: Collector): Promise<void> {
    const given: Given[] = [];
    while (this.#segments.length > 0) {
      const segments = this.#segments;
      this.#segments = [];
      segments.at(-1)!.untilMs = this.#watermark.value;
      for (const segment of segments) given.push(...(await this.#run(segment)));
      // A segment may have set timers that the rows behind it have passed.
      if (segments.length > 1) this.#wakeKeys('event', this.#watermark.value);
    }
    this.#places = 0;
    given.sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0));
    // A window may have ended within the batch: its rows are not late for who reads them.
    const clockMs = this.#saidAtMs ?? this.#watermark.value;
    this.#saidAtMs = null;
    for (const { values } of given) out.emit(INSERT, [], values, clockMs);
  }

  async #run({ isBroadcast, touched, untilMs }: Segment): Promise<Given[]> {
    const asked = [...touched].flatMap(([key, { keys, rows, places }]) => {
      const known = isBroadcast ? undefined : this.#remembered.get(key);
      // It was forgotten after its time had come.
      if (known === undefined && rows.length === 0) return [];
      const remembered = known ?? { keys, state: null, ...NO_TIMERS };
      return [{ key, remembered, rows, places }];
    });
    if (asked.length === 0) return [];
    const events = asked.map(({ remembered, rows }) => ({ ...remembered, rows, untilMs }));
    const updates = await this.processKeys(events, this.#broadcast.value);
    return asked.flatMap(({ key, remembered, places }, i) => {
      const update = updates[i]!;
      if (isBroadcast) this.#broadcast.value = update.state;
      else this.#remember(key, remembered, update);
      return update.given.map(({ row, fields }) => ({
        place: places[row] ?? NEVER,
        values: [...remembered.keys, ...fields],
      }));
    });
  }

  #touch(key: string, isBroadcast: boolean, keysOf: () => readonly SqlValue[]): Touched {
    let segment = this.#segments.at(-1);
    if (segment?.isBroadcast !== isBroadcast) {
      if (segment !== undefined) segment.untilMs = this.#watermark.value;
      segment = { isBroadcast, touched: new Map(), untilMs: NEVER };
      this.#segments.push(segment);
    }
    let touched = segment.touched.get(key);
    if (touched === undefined) {
      touched = { keys: keysOf(), rows: [], places: [] };
      segment.touched.set(key, touched);
    }
    return touched;
  }

  #wakeKeys(which: 'event' | 'clock', time: number): void {
    for (const due of this.#timers[which].due(time)) {
      const remembered = this.#remembered.get(due.item);
      if (remembered?.[`${which}Queued`] !== due.time) continue;
      remembered[`${which}Queued`] = NEVER;
      const timer = remembered[`${which}Timer`];
      if (timer > due.time) {
        this.#queue(which, due.item, remembered);
        continue;
      }
      // It is queued anew where the function has not been called for it.
      remembered[`${which}Timer`] = NEVER;
      this.#touch(due.item, false, () => remembered.keys);
    }
  }

  /** Sees to it that the key is looked at when its timer is due. */
  #queue(which: 'event' | 'clock', key: string, remembered: Remembered): void {
    const timer = remembered[`${which}Timer`];
    if (!Number.isFinite(timer) || timer >= remembered[`${which}Queued`]) return;
    remembered[`${which}Queued`] = timer;
    this.#timers[which].add(timer, key);
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
    remembered.state = now.state;
    remembered.eventTimer = now.eventTimer;
    remembered.clockTimer = now.clockTimer;
    this.#queue('event', key, remembered);
    this.#queue('clock', key, remembered);
    this.#remembered.set(key, remembered);
  }
}

function windowOf(row: Row, { start, last }: ProcessWindow<number>): TimeWindow | null {
  const [from, until] = [row[start]!, row[last]!];
  if (from === null || until === null) return null;
  return { startMs: millisecondsOf(from as bigint), endMs: millisecondsOf(until as bigint) + 1 };
}

const NEVER = Number.POSITIVE_INFINITY;

const NO_TIMERS = { eventTimer: NEVER, clockTimer: NEVER, eventQueued: NEVER, clockQueued: NEVER };
