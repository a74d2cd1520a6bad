/** The aggregates of one group, fed by its rows. */
import type { SqlValue, StreamCall } from '../../core/index.js';
import type { Accumulator, Mergeable } from './aggregates/accumulator.js';
import { accumulatorOf } from './aggregates/make-accumulator.js';
import type { Row } from './row-function.js';

const NONE: Row = [];

/** Several calls over the same rows. */
export class Calls {
  readonly #make: readonly (() => Accumulator)[];

  /** @param retracts rows may be taken out again */
  constructor(
    private readonly calls: readonly StreamCall<number>[],
    retracts: boolean,
  ) {
    this.#make = calls.map((call) => accumulatorOf(call, retracts));
  }

  /** What a new group starts with. */
  start(): readonly Accumulator[] {
    return this.#make.map((make) => make());
  }

  /** What groups are in a checkpoint. */
  save(group: readonly Accumulator[]): SqlValue {
    return group.map((accumulator) => accumulator.save());
  }

  load(saved: SqlValue): readonly Accumulator[] {
    const group = this.start();
    for (const [i, accumulator] of group.entries()) accumulator.load((saved as readonly SqlValue[])[i]!);
    return group;
  }

  /** A row comes (`isAddition`) or goes. */
  apply(group: readonly Accumulator[], row: Row, isAddition: boolean): void {
    for (let i = 0; i < group.length; i++) this.applyOne(i, group[i]!, row, isAddition);
  }

  /** Takes the rows of `other` into `group`; only of calls that can be merged. */
  merge(group: readonly Accumulator[], other: readonly Accumulator[]): void {
    for (let i = 0; i < group.length; i++) (group[i] as Mergeable<Accumulator>).merge(other[i]!);
  }

  /** As `apply`, for call `i` alone. */
  applyOne(i: number, accumulator: Accumulator, row: Row, isAddition: boolean): void {
    const call = this.calls[i]!;
    if (call.filter !== null && row[call.filter] !== true) return;
    const values = call.arguments.length === 0 ? NONE : call.arguments.map((column) => row[column]!);
    if (isAddition) accumulator.add(values);
    else accumulator.retract(values);
  }
}

/** The results of all calls. */
export function resultsOf(group: readonly Accumulator[]): SqlValue[] {
  return group.map((accumulator) => accumulator.result());
}
