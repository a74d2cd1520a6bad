/** Sessions: rows of a key that follow each other within the gap. They go on when the watermark has passed their end. */
import {
  HeapState,
  type KeyedState,
  type OperatorValue,
  plain,
  type StateBackend,
  type StreamOperator,
  type TimeQueue,
} from '../../core/index.js';
import { millisecondsOf } from './event-time.js';
import { type Change, type Collector, INSERT, type Row, type RowFunction } from './row-function.js';
import { rowKey } from './value-key.js';

interface Session {
  /** Milliseconds; the end is the first moment after it. */
  start: number;
  end: number;
  rows: Row[];
}

export class SessionWindow implements RowFunction {
  readonly #sessions: KeyedState<Session[]>;
  /** Keys by the last moment of a session that they had: it may have become part of a longer one. */
  readonly #ending: TimeQueue<string>;
  readonly #watermark: OperatorValue<number>;

  constructor(
    private readonly spec: Extract<StreamOperator<number>, { kind: 'session' }>,
    state: StateBackend = new HeapState(),
  ) {
    this.#sessions = state.keyed('sessions', {
      save: (sessions) => sessions.map(({ start, end, rows }) => [start, end, rows]),
      load: (saved) =>
        (saved as readonly [number, number, Row[]][]).map(([start, end, rows]) => ({ start, end, rows })),
    });
    this.#ending = state.queue('ending', plain<string>());
    this.#watermark = state.value('watermark', plain<number>(), Number.NEGATIVE_INFINITY);
  }

  process(row: Row, _change: Change, _input: number, out: Collector): void {
    const time = millisecondsOf(row[this.spec.time] as bigint);
    const key = rowKey(row, this.spec.keys);
    const open = this.#sessions.get(key) ?? [];
    const session: Session = { start: time, end: time + this.spec.gap, rows: [row] };
    const touched = open.filter((other) => other.start <= session.end && session.start <= other.end);
    for (const other of touched) {
      session.start = Math.min(session.start, other.start);
      session.end = Math.max(session.end, other.end);
    }
    if (session.end - 1 <= this.#watermark.value) {
      out.late();
      return;
    }
    session.rows = [...touched.flatMap((other) => other.rows), row];
    this.#sessions.set(key, [...open.filter((other) => !touched.includes(other)), session]);
    this.#ending.add(session.end - 1, key);
  }

  advance(watermarkMs: number, out: Collector): void {
    for (const { time, item: key } of this.#ending.due(watermarkMs)) {
      const open = this.#sessions.get(key) ?? [];
      const session = open.find(({ end }) => end - 1 === time);
      if (session === undefined) continue;
      if (open.length === 1) this.#sessions.delete(key);
      else
        this.#sessions.set(
          key,
          open.filter((other) => other !== session),
        );
      const edges = [session.start, session.end, session.end - 1].map((ms) => BigInt(ms) * 1000n);
      for (const row of session.rows) out.emit(INSERT, [row], edges);
    }
    this.#watermark.value = watermarkMs;
  }
}
