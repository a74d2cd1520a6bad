/** The results of calls over sorted rows, from one of them on. */
import type { SqlValue, StreamOperator } from '../../core/index.js';
import { Calls, resultsOf } from './call-state.js';
import type { Row } from './row-function.js';

export type SortedOverSpec = Extract<StreamOperator<number>, { kind: 'sorted_over' }>;

/** Where the rows have changed. */
export interface ChangedFrom {
  /** The first row whose results may be others. */
  readonly from: number;
  /** What the calls had taken in before every `ROWS_PER_MARK` rows; those behind `from` are made anew. */
  readonly marks: SqlValue[];
  /** Rows that are counted at once by a frame of RANGE. */
  readonly isPeer: (a: number, b: number) => boolean;
}

/** So many rows are counted again at most before the first one that has changed. */
const ROWS_PER_MARK = 64;

export class SortedCalls {
  readonly #calls: Calls;
  /** Calls that count a row without its peers. */
  readonly #ofRow: readonly boolean[];

  constructor(calls: SortedOverSpec['calls']) {
    this.#calls = new Calls(calls, false);
    this.#ofRow = calls.map(({ frame }) => frame.unit === 'ROWS');
  }

  /** @param rowAt undefined behind the last row */
  compute(
    rowAt: (i: number) => Row | undefined,
    { from, marks, isPeer }: ChangedFrom,
    take: (i: number, results: readonly SqlValue[]) => void,
  ): void {
    marks.length = Math.min(marks.length, Math.floor(from / ROWS_PER_MARK) + 1);
    const group = marks.length < 2 ? this.#calls.start() : this.#calls.load(marks.at(-1)!);
    let next = Math.max(0, marks.length - 1) * ROWS_PER_MARK;
    const add = () => {
      if (next % ROWS_PER_MARK === 0) marks[next / ROWS_PER_MARK] ??= copied(this.#calls.save(group));
      this.#calls.apply(group, rowAt(next)!, true);
      next += 1;
    };
    while (next < from) add();
    while (rowAt(next) !== undefined) {
      const first = next;
      const ofRows: (readonly SqlValue[])[] = [];
      do {
        add();
        ofRows.push(resultsOf(group));
      } while (rowAt(next) !== undefined && isPeer(first, next));
      this.#give(first, ofRows, take);
    }
  }

  /** RANGE has counted all peers of a row. */
  #give(
    first: number,
    ofRows: readonly (readonly SqlValue[])[],
    take: (i: number, results: readonly SqlValue[]) => void,
  ): void {
    const last = ofRows.at(-1)!;
    for (const [i, own] of ofRows.entries()) {
      take(
        first + i,
        own.map((value, call) => (this.#ofRow[call] ? value : last[call]!)),
      );
    }
  }
}

/** Accumulators go on with the lists that they give. */
function copied(saved: SqlValue): SqlValue {
  return Array.isArray(saved) ? saved.map(copied) : saved;
}

/** The first place at which `isBehind` holds, as it does from there on. */
export function firstPlace<T>(rows: readonly T[], isBehind: (known: T) => boolean): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBehind(rows[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
