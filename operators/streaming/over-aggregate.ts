/** Aggregates with OVER, in the order of event time or in the order in which rows come. */
import {
  HeapState,
  type KeyedState,
  type OperatorValue,
  plain,
  type SqlValue,
  type StateBackend,
  type StreamFrame,
  type TimeQueue,
} from '../../core/index.js';
import { resultsOf } from './call-state.js';
import { millisecondsOf } from './event-time.js';
import { OverFrames, type OverPartition, type OverSpec, type Seen } from './over-frames.js';
import { type Change, type Collector, INSERT, type Row, type RowFunction } from './row-function.js';
import { rowKey } from './value-key.js';

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
 *
 * By processing time nothing is late: a row is counted when it comes, and with a bounded RANGE when its millisecond is over, at a
 * watermark, or at the end of the input.
 */
export class OverAggregate implements RowFunction {
  readonly #frames: OverFrames;
  readonly #partitions: KeyedState<OverPartition>;
  readonly #waiting: TimeQueue<Waiting>;
  /** When a partition may be forgotten, by key. */
  readonly #forgetAt: KeyedState<number>;
  /** How far the watermark has come, by processing time the clock. */
  readonly #time: OperatorValue<number>;
  /** Rows are in the order in which they come. */
  readonly #isByArrival: boolean;

  constructor(
    private readonly spec: OverSpec,
    state: StateBackend = new HeapState(),
    private readonly further: FurtherCalls | null = null,
  ) {
    this.#frames = new OverFrames(spec, further?.frames ?? []);
    this.#isByArrival = spec.time === null;
    // What RANGE has seen it forgets by itself.
    const expires = this.#isByArrival && !this.#frames.hasPeers;
    this.#partitions = state.keyed('partitions', this.#frames.codec, { expires });
    this.#waiting = state.queue('waiting', {
      save: ({ key, row }) => [key, row],
      load: (saved) => {
        const [key, row] = saved as [string, Row | null];
        return { key, row };
      },
    });
    this.#forgetAt = state.keyed('forget at', plain<number>());
    this.#time = state.value('watermark', plain<number>(), Number.NEGATIVE_INFINITY);
  }

  beginBatch(nowMs: number, out: Collector): void {
    if (this.#isByArrival) this.wake(nowMs, out);
  }

  process(row: Row, _change: Change, _input: number, out: Collector): void {
    const key = rowKey(row, this.spec.keys);
    if (this.#isByArrival && !this.#frames.hasPeers) {
      this.#enter(key, 0, [row], out);
      return;
    }
    const time = this.#isByArrival ? this.#time.value : millisecondsOf(row[this.spec.time!] as bigint);
    if (!this.#isByArrival && time <= this.#past(key)) {
      out.late();
      return;
    }
    this.#waiting.add(time, { key, row });
    if (this.#frames.range !== null) this.#forgetAfter(key, time, this.#frames.range);
  }

  advance(watermarkMs: number, out: Collector): void {
    if (this.#isByArrival) {
      // Who reads the time behind this must not find rows from before it late.
      this.#passed(Number.isFinite(watermarkMs) ? this.#time.value : watermarkMs, out);
      return;
    }
    this.#passed(watermarkMs, out);
    this.#time.value = watermarkMs;
  }

  wakeAt(): number {
    return this.#isByArrival ? this.#waiting.first + 1 : Number.POSITIVE_INFINITY;
  }

  wake(nowMs: number, out: Collector): void {
    this.#time.value = Math.max(this.#time.value, nowMs);
    this.#passed(this.#time.value - 1, out);
  }

  /** Rows from then or before are late. */
  #past(key: string): number {
    if (!this.#frames.isBounded) return this.#time.value;
    return this.#partitions.get(key)?.last ?? Number.NEGATIVE_INFINITY;
  }

  #passed(time: number, out: Collector): void {
    while (this.#waiting.size > 0 && this.#waiting.first <= time) this.#moment(this.#waiting.first, out);
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
      this.#enter(key, time, rows, out);
    }
  }

  #enter(key: string, time: number, rows: readonly Row[], out: Collector): void {
    const partition = this.#partitions.get(key) ?? this.#frames.start();
    partition.last = time;
    this.#frames.enter(partition, time, rows, (row, to) => this.#say(row, to, partition, out));
    this.#partitions.set(key, partition);
  }

  #say(row: Row, to: number, { values, rows, first }: OverPartition, out: Collector): void {
    const results = resultsOf(values);
    if (this.further === null) {
      out.emit(INSERT, [row], results);
      return;
    }
    this.further.say({ row, results, rows, firsts: first.slice(this.spec.calls.length), to });
  }

  /** A look at one and a half ranges after a row, put off by the rows that come until one range after it. */
  #forgetAfter(key: string, time: number, range: number): void {
    const planned = this.#forgetAt.get(key);
    if (planned !== undefined && planned >= time + range + 1) return;
    const at = time + Math.floor(range * 1.5) + 1;
    this.#forgetAt.set(key, at);
    this.#waiting.add(at, { key, row: null });
  }
}
