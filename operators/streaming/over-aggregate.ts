/** Aggregates with OVER in the order of event time. */
import type { StreamFrame, StreamOperator } from '../../core/index.js';
import type { Accumulator } from './aggregates/accumulator.js';
import { Calls, resultsOf } from './call-state.js';
import { type Change, type Collector, INSERT, type Row, type RowFunction } from './row-function.js';
import { TimeQueue } from './time-queue.js';
import { rowKey } from './value-key.js';
import { millisecondsOf } from './watermark-operator.js';

interface Seen {
  readonly time: number;
  readonly row: Row;
}

/** The rows of one partition so far. */
interface Partition {
  readonly values: readonly Accumulator[];
  /** Rows that are still in a frame, and for each call the first of them that is in its own. */
  rows: Seen[];
  readonly first: number[];
}

/** A row waits for the watermark, so that all before it are there; one that comes behind the watermark is late. */
export class OverAggregate implements RowFunction {
  readonly #calls: Calls;
  readonly #frames: readonly StreamFrame[];
  readonly #partitions = new Map<string, Partition>();
  readonly #waiting = new TimeQueue<{ readonly key: string; readonly row: Row }>();
  #watermark = Number.NEGATIVE_INFINITY;

  constructor(private readonly spec: Extract<StreamOperator<number>, { kind: 'over' }>) {
    this.#frames = spec.calls.map((call) => call.frame);
    this.#calls = new Calls(
      spec.calls,
      this.#frames.some((frame) => frame.preceding !== null),
    );
  }

  process(row: Row, _change: Change, _input: number, out: Collector): void {
    const time = millisecondsOf(row[this.spec.time] as bigint);
    if (time <= this.#watermark) out.late();
    else this.#waiting.add(time, { key: rowKey(row, this.spec.keys), row });
  }

  advance(watermarkMs: number, out: Collector): void {
    while (this.#waiting.size > 0 && this.#waiting.first <= watermarkMs)
      this.#moment(this.#waiting.first, out);
    this.#watermark = watermarkMs;
  }

  /** All rows of one time: those of one partition are peers. */
  #moment(time: number, out: Collector): void {
    const peers = new Map<string, Row[]>();
    for (let due = this.#waiting.take(time); due !== null; due = this.#waiting.take(time)) {
      const rows = peers.get(due.item.key);
      if (rows === undefined) peers.set(due.item.key, [due.item.row]);
      else rows.push(due.item.row);
    }
    for (const [key, rows] of peers) {
      let partition = this.#partitions.get(key);
      if (partition === undefined) {
        partition = { values: this.#calls.start(), rows: [], first: this.#frames.map(() => 0) };
        this.#partitions.set(key, partition);
      }
      const isRange = this.#frames.some((frame) => frame.unit === 'RANGE');
      if (isRange) for (const row of rows) this.#enter(partition, { time, row });
      for (const row of rows) {
        if (!isRange) this.#enter(partition, { time, row });
        out.emit(INSERT, [row], resultsOf(partition.values));
      }
    }
  }

  #enter(partition: Partition, seen: Seen): void {
    partition.rows.push(seen);
    this.#frames.forEach((frame, i) => {
      this.#calls.applyOne(i, partition.values[i]!, seen.row, true);
      const { preceding, unit } = frame;
      if (preceding === null) return;
      const { rows, first } = partition;
      const isOut = (at: number) =>
        unit === 'ROWS' ? at < rows.length - 1 - preceding : rows[at]!.time < seen.time - preceding;
      while (isOut(first[i]!)) {
        this.#calls.applyOne(i, partition.values[i]!, rows[first[i]!]!.row, false);
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
