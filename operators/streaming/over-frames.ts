/** The rows before a row that calls with OVER see, kept for one partition. */
import type { SqlValue, StateCodec, StreamFrame, StreamOperator } from '../../core/index.js';
import type { Accumulator } from './aggregates/accumulator.js';
import { Calls } from './call-state.js';
import type { Row } from './row-function.js';

export type OverSpec = Extract<StreamOperator<number>, { kind: 'over' | 'accumulate_over' }>;

/** A row with its time in milliseconds. */
export interface Seen {
  readonly time: number;
  readonly row: Row;
}

/** The rows of one partition so far. */
export interface OverPartition {
  readonly values: readonly Accumulator[];
  /** Rows that are still in a frame, and for each call the first of them that is in its own. */
  rows: Seen[];
  readonly first: number[];
  /** The last moment at which something was done. */
  last: number;
}

/** The frames of the built-in calls, then those of calls that somebody else makes. */
export class OverFrames {
  readonly #calls: Calls;
  readonly #frames: readonly StreamFrame[];
  /** Some frame counts from the time of a row: rows of one time are peers. */
  readonly hasPeers: boolean;
  readonly isBounded: boolean;
  /** Some frame lets rows go: they are kept until then. */
  readonly #forgets: boolean;
  /** The longest frame in milliseconds; null: rows are not forgotten by time. */
  readonly range: number | null;

  constructor(spec: OverSpec, further: readonly StreamFrame[]) {
    this.#frames = [...spec.calls.map((call) => call.frame), ...further];
    this.hasPeers = this.#frames.some((frame) => frame.unit === 'RANGE');
    this.isBounded = this.#frames.every((frame) => frame.preceding !== null);
    const ranges = this.#frames.map(({ unit, preceding }) => (unit === 'RANGE' ? preceding : null));
    this.range = ranges.includes(null) ? null : Math.max(...(ranges as number[]));
    this.#forgets = this.#frames.some((frame) => frame.preceding !== null);
    this.#calls = new Calls(spec.calls, this.#forgets);
  }

  readonly codec: StateCodec<OverPartition> = {
    save: ({ values, rows, first, last }) => [
      this.#calls.save(values),
      rows.map(({ time, row }) => [time, row]),
      [...first],
      last,
    ],
    load: (saved) => {
      const [values, rows, first, last] = saved as [SqlValue, [number, Row][], number[], number];
      const seen = rows.map(([time, row]) => ({ time, row }));
      return { values: this.#calls.load(values), rows: seen, first, last };
    },
  };

  start(): OverPartition {
    const first = this.#frames.map(() => 0);
    return { values: this.#calls.start(), rows: [], first, last: Number.NEGATIVE_INFINITY };
  }

  /** Rows of one time come; `say` is called for each when it and what its frames hold has been counted. */
  enter(
    partition: OverPartition,
    time: number,
    rows: readonly Row[],
    say: (row: Row, to: number) => void,
  ): void {
    const from = partition.rows.length;
    for (const row of rows) partition.rows.push({ time, row });
    const to = partition.rows.length;
    if (this.hasPeers) for (let at = from; at < to; at++) this.#count(partition, at, 'RANGE');
    for (let at = from; at < to; at++) {
      this.#count(partition, at, 'ROWS');
      say(partition.rows[at]!.row, this.hasPeers ? to : at + 1);
    }
    this.#forget(partition);
  }

  /** Rows leave the frames of this unit, and the one at `at` comes into them: a value that goes and comes is a new one. */
  #count(partition: OverPartition, at: number, unit: StreamFrame['unit']): void {
    const { rows, first, values } = partition;
    const { time, row } = rows[at]!;
    this.#frames.forEach((frame, i) => {
      if (frame.unit !== unit) return;
      const accumulator = values[i];
      const { preceding } = frame;
      const isOut = (place: number) =>
        preceding !== null &&
        (unit === 'ROWS' ? place < at - preceding : rows[place]!.time < time - preceding);
      while (isOut(first[i]!)) {
        if (accumulator !== undefined) this.#calls.applyOne(i, accumulator, rows[first[i]!]!.row, false);
        first[i]! += 1;
      }
      if (accumulator !== undefined) this.#calls.applyOne(i, accumulator, row, true);
    });
  }

  /** Rows that no frame can reach again; now and then, as the rest has to be moved. */
  #forget(partition: OverPartition): void {
    if (!this.#forgets) {
      partition.rows = [];
      return;
    }
    const { rows, first } = partition;
    const gone = Math.min(
      ...this.#frames.map((frame, i) => (frame.preceding === null ? rows.length : first[i]!)),
    );
    if (gone < 1024 || gone < rows.length / 2) return;
    partition.rows = rows.slice(gone);
    for (const i of first.keys()) first[i] = Math.max(0, first[i]! - gone);
  }
}
