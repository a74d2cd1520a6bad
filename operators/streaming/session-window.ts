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
  /** Keys by the last moment of a session as it was once: it may have grown since, or be part of another. */
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
    const end = touched.reduce((latest, other) => Math.max(latest, other.end), session.end);
    if (end - 1 <= this.#watermark.value) {
      out.late();
      return;
    }
    const [first, ...others] = touched;
    if (first === undefined) {
      this.#sessions.set(key, [...open, session]);
      this.#ending.add(session.end - 1, key);
      return;
    }
    // Most rows belong to one session, which grows where it is.
    for (const other of [...others, session]) {
      first.start = Math.min(first.start, other.start);
      for (const taken of other.rows) first.rows.push(taken);
    }
    first.end = end;
    if (others.length === 0) return;
    const rest = open.filter((other) => !others.includes(other));
    this.#sessions.set(key, rest);
  }

  advance(watermarkMs: number, out: Collector): void {
    for (const { time, item: key } of this.#ending.due(watermarkMs)) {
      const open = this.#sessions.get(key);
      if (open === undefined) continue;
      const ended = open.filter(({ end }) => end - 1 <= time);
      const rest = open.filter(({ end }) => end - 1 > time);
      if (rest.length === 0) this.#sessions.delete(key);
      else {
        if (ended.length > 0) this.#sessions.set(key, rest);
        // It has grown since, or is another one of the key.
        this.#ending.add(Math.min(...rest.map(({ end }) => end - 1)), key);
      }
      for (const session of ended) this.#say(session, out);
    }
    this.#watermark.value = watermarkMs;
  }

  #say({ start, end, rows }: Session, out: Collector): void {
    const edges = [start, end, end - 1].map((ms) => BigInt(ms) * 1000n);
    for (const row of rows) out.emit(INSERT, [row], edges);
  }
}
