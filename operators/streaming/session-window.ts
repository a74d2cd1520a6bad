/** Sessions: rows of a key that follow each other within the gap. They go on when the watermark has passed their end. */
import type { StreamOperator } from '../../core/index.js';
import { millisecondsOf } from './event-time.js';
import { type Change, type Collector, INSERT, type Row, type RowFunction } from './row-function.js';
import { TimeQueue } from './time-queue.js';
import { rowKey } from './value-key.js';

interface Session {
  /** Milliseconds; the end is the first moment after it. */
  start: number;
  end: number;
  rows: Row[];
  /** False where another session has taken its rows. */
  isOpen: boolean;
}

export class SessionWindow implements RowFunction {
  readonly #sessions = new Map<string, Set<Session>>();
  readonly #ending = new TimeQueue<{ readonly key: string; readonly session: Session }>();
  #watermark = Number.NEGATIVE_INFINITY;

  constructor(private readonly spec: Extract<StreamOperator<number>, { kind: 'session' }>) {}

  process(row: Row, _change: Change, _input: number, out: Collector): void {
    const time = millisecondsOf(row[this.spec.time] as bigint);
    const key = rowKey(row, this.spec.keys);
    const open = this.#sessions.get(key) ?? new Set<Session>();
    const session: Session = { start: time, end: time + this.spec.gap, rows: [row], isOpen: true };
    const touched = [...open].filter((other) => other.start <= session.end && session.start <= other.end);
    for (const other of touched) {
      session.start = Math.min(session.start, other.start);
      session.end = Math.max(session.end, other.end);
    }
    if (session.end - 1 <= this.#watermark) {
      out.late();
      return;
    }
    session.rows = [...touched.flatMap((other) => other.rows), row];
    for (const other of touched) {
      other.isOpen = false;
      open.delete(other);
    }
    open.add(session);
    this.#sessions.set(key, open);
    this.#ending.add(session.end - 1, { key, session });
  }

  advance(watermarkMs: number, out: Collector): void {
    for (const due of this.#ending.due(watermarkMs)) {
      const { key, session } = due.item;
      if (!session.isOpen) continue;
      const open = this.#sessions.get(key)!;
      open.delete(session);
      if (open.size === 0) this.#sessions.delete(key);
      const edges = [session.start, session.end, session.end - 1].map((ms) => BigInt(ms) * 1000n);
      for (const row of session.rows) out.emit(INSERT, [row], edges);
    }
    this.#watermark = watermarkMs;
  }
}
