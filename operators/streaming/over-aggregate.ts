/** Aggregates with OVER in the order of event time. */
import {
  HeapState,
  type KeyedState,
  type OperatorValue,
  plain,
  type SqlValue,
  type StateBackend,
  type StreamFrame,
  type StreamOperator,
  type TimeQueue,
} from '../../core/index.js';
import type { Accumulator } from './aggregates/accumulator.js';
import { Calls, resultsOf } from './call-state.js';
import { millisecondsOf } from './event-time.js';
import { type Change, type Collector, INSERT, type Row, type RowFunction } from './row-function.js';
import { rowKey } from './value-key.js';

type Spec = Extract<StreamOperator<number>, { kind: 'over' | 'accumulate_over' }>;

/** A row with its event time in milliseconds. */
export interface Seen {
  readonly time: number;
  readonly row: Row;
}

/** The rows of one partition so far. */
interface Partition {
  readonly values: readonly Accumulator[];
  /** Rows that are still in a frame, and for each call the first of them that is in its own. */
  rows: Seen[];
  readonly first: number[];
  /** The last moment at which something was done: a row from before it is late where frames are bounded. */
  last: number;
}

/** A row with what it has come to. */
export interface OverRow {
  readonly row: Row;
  /** Of the built-in calls. */
  readonly results: readonly SqlValue[];
  /** Rows of its partition, to which others may be added behind `to`. */
  readonly rows: readonly Seen[];
  /** For each further frame the place of the first of them that is in it. */
  readonly firsts: readonly number[];
  /** The place behind the last one in a frame. */
  readonly to: number;
}

/** Frames of calls that somebody else makes, who is told each row in the place of the collector. */
export interface FurtherCalls {
  readonly frames: readonly StreamFrame[];
  say(row: OverRow): void;
}

/** A row that waits for its moment; null: the moment at which a partition may be forgotten. */
interface Waiting {
  readonly key: string;
  readonly row: Row | null;
}

/**
 * A row waits for the watermark, so that all before it are there. One that comes behind the watermark is late; with a
 * bounded frame only one that comes behind the last moment of its partition, as in Flink, where the times at which it
 * looks whether a partition of RANGE can be forgotten are such moments too.
 */
export class OverAggregate implements RowFunction {
  readonly #calls: Calls;
  readonly #frames: readonly StreamFrame[];
  readonly #partitions: KeyedState<Partition>;
  readonly #waiting: TimeQueue<Waiting>;
  readonly #isBounded: boolean;
  /** Milliseconds of RANGE; null: nothing is forgotten by time. */
  readonly #range: number | null;
  /** When a partition may be forgotten, by key. */
  readonly #forgetAt: KeyedState<number>;
  readonly #watermark: OperatorValue<number>;

  constructor(
    private readonly spec: Spec,
    state: StateBackend = new HeapState(),
    private readonly further: FurtherCalls | null = null,
  ) {
    this.#frames = [...spec.calls.map((call) => call.frame), ...(further?.frames ?? [])];
    this.#isBounded = this.#frames.every((frame) => frame.preceding !== null);
    const ranges = this.#frames.map(({ unit, preceding }) => (unit === 'RANGE' ? preceding : null));
    this.#range = ranges.includes(null) ? null : Math.max(...(ranges as number[]));
    const calls = new Calls(
      spec.calls,
      this.#frames.some((frame) => frame.preceding !== null),
    );
    this.#calls = calls;
    this.#partitions = state.keyed('partitions', {
      save: ({ values, rows, first, last }) => [
        calls.save(values),
        rows.map(({ time, row }) => [time, row]),
        [...first],
        last,
      ],
      load: (saved) => {
        const [values, rows, first, last] = saved as [SqlValue, [number, Row][], number[], number];
        return { values: calls.load(values), rows: rows.map(([time, row]) => ({ time, row })), first, last };
      },
    });
    this.#waiting = state.queue('waiting', {
      save: ({ key, row }) => [key, row],
      load: (saved) => {
        const [key, row] = saved as [string, Row | null];
        return { key, row };
      },
    });
    this.#forgetAt = state.keyed('forget at', plain<number>());
    this.#watermark = state.value('watermark', plain<number>(), Number.NEGATIVE_INFINITY);
  }

  process(row: Row, _change: Change, _input: number, out: Collector): void {
    const time = millisecondsOf(row[this.spec.time] as bigint);
    const key = rowKey(row, this.spec.keys);
    const past = this.#isBounded ? this.#partitions.get(key)?.last : this.#watermark.value;
    if (time <= (past ?? Number.NEGATIVE_INFINITY)) {
      out.late();
      return;
    }
    this.#waiting.add(time, { key, row });
    if (this.#range !== null) this.#forgetAfter(key, time, this.#range);
  }

  advance(watermarkMs: number, out: Collector): void {
    while (this.#waiting.size > 0 && this.#waiting.first <= watermarkMs)
      this.#moment(this.#waiting.first, out);
    this.#watermark.value = watermarkMs;
  }

  /** All rows of one time: those of one partition are peers. */
  #moment(time: number, out: Collector): void {
    const peers = new Map<string, Row[]>();
    for (const due of this.#waiting.due(time)) {
      const { key, row } = due.item;
      const rows = peers.get(key) ?? [];
      if (row !== null) rows.push(row);
      peers.set(key, rows);
    }
    for (const [key, rows] of peers) {
      if ((this.#forgetAt.get(key) ?? Number.POSITIVE_INFINITY) <= time) {
        this.#partitions.delete(key);
        this.#forgetAt.delete(key);
        continue;
      }
      const partition = this.#partition(key);
      partition.last = time;
      const isRange = this.#frames.some((frame) => frame.unit === 'RANGE');
      if (isRange) for (const row of rows) this.#enter(partition, { time, row });
      for (const row of rows) {
        if (!isRange) this.#enter(partition, { time, row });
        this.#say(row, partition, out);
      }
    }
  }

  #say(row: Row, { values, rows, first }: Partition, out: Collector): void {
    const results = resultsOf(values);
    if (this.further === null) {
      out.emit(INSERT, [row], results);
      return;
    }
    const firsts = first.slice(this.spec.calls.length);
    this.further.say({ row, results, rows, firsts, to: rows.length });
  }

  #partition(key: string): Partition {
    let partition = this.#partitions.get(key);
    if (partition === undefined) {
      const first = this.#frames.map(() => 0);
      partition = { values: this.#calls.start(), rows: [], first, last: Number.NEGATIVE_INFINITY };
      this.#partitions.set(key, partition);
    }
    return partition;
  }

  /** A look at one and a half ranges after a row, put off by the rows that come until one range after it. */
  #forgetAfter(key: string, time: number, range: number): void {
    const planned = this.#forgetAt.get(key);
    if (planned !== undefined && planned >= time + range + 1) return;
    const at = time + Math.floor(range * 1.5) + 1;
    this.#forgetAt.set(key, at);
    this.#waiting.add(at, { key, row: null });
  }

  #enter(partition: Partition, seen: Seen): void {
    partition.rows.push(seen);
    this.#frames.forEach((frame, i) => {
      const accumulator = partition.values[i];
      if (accumulator !== undefined) this.#calls.applyOne(i, accumulator, seen.row, true);
      const { preceding, unit } = frame;
      if (preceding === null) return;
      const { rows, first } = partition;
      const isOut = (at: number) =>
        unit === 'ROWS' ? at < rows.length - 1 - preceding : rows[at]!.time < seen.time - preceding;
      while (isOut(first[i]!)) {
        if (accumulator !== undefined) this.#calls.applyOne(i, accumulator, rows[first[i]!]!.row, false);
        first[i]! += 1;
      }
    });
    this.#forget(partition);
  }

  /** Rows that no frame can reach again; now and then, as the rest has to be moved. */
  #forget(partition: Partition): void {
    const gone = Math.min(
      ...this.#frames.map((frame, i) =>
        frame.preceding === null ? partition.rows.length : partition.first[i]!,
      ),
    );
    if (gone < 1024 || gone < partition.rows.length / 2) return;
    partition.rows = partition.rows.slice(gone);
    for (const i of partition.first.keys()) partition.first[i] = Math.max(0, partition.first[i]! - gone);
  }
}
