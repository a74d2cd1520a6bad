/** The aggregates of a group, built in and written in Python, as far as the core keeps them. */
import type { AccumulateStream, SqlValue } from '../../../core/index.js';
import type { Accumulator } from '../aggregates/accumulator.js';
import { Calls, resultsOf } from '../call-state.js';
import type { Row } from '../row-function.js';
import { rowKey } from '../value-key.js';
import type { Accumulators, GroupRow } from './grouped-rows.js';

/** The calls of a group. */
export interface CalledGroup {
  readonly builtIns: readonly Accumulator[];
  /** For each Python call with DISTINCT how often its arguments are there; null for others. */
  readonly distinct: readonly (Map<string, number> | null)[];
  /** As the workers gave them last. */
  accumulators: Accumulators;
}

/** Several calls over the same rows. */
export class GroupCalls {
  readonly #builtIns: Calls;
  readonly #python: AccumulateStream['operator']['python'];
  /** The columns that are arguments of each of them. */
  readonly #columns: readonly (readonly number[])[];

  constructor(private readonly stream: AccumulateStream) {
    const { calls, python, inputs } = stream.operator;
    this.#builtIns = new Calls(calls, inputs[0]!.change !== null);
    this.#python = python;
    this.#columns = python.map(({ arguments: args }) =>
      args.flatMap((argument) => (argument.kind === 'column' ? [argument.column] : [])),
    );
  }

  /** What a new group starts with. */
  start(): CalledGroup {
    return {
      builtIns: this.#builtIns.start(),
      distinct: this.#python.map((call) => (call.distinct ? new Map() : null)),
      accumulators: this.#python.map(() => null),
    };
  }

  /** Takes a row in that comes (`isAddition`) or goes, and gives what of it is for Python. */
  take(group: CalledGroup, row: Row, isAddition: boolean): GroupRow {
    this.#builtIns.apply(group.builtIns, row, isAddition);
    return {
      values: this.stream.copied.map(({ from }) => row[from]!),
      retracts: !isAddition,
      counted: this.#python.map((_, call) => this.#counts(group, call, row, isAddition)),
    };
  }

  /** The results of the built-in calls. */
  builtIns(group: CalledGroup): SqlValue[] {
    return resultsOf(group.builtIns);
  }

  /** What a group is in a checkpoint. */
  save({ builtIns, distinct, accumulators }: CalledGroup): SqlValue {
    return [this.#builtIns.save(builtIns), distinct.map((counts) => counts && [...counts]), accumulators];
  }

  load(saved: SqlValue): CalledGroup {
    const [builtIns, distinct, accumulators] = saved as [SqlValue, SqlValue[], Accumulators];
    return {
      builtIns: this.#builtIns.load(builtIns),
      distinct: distinct.map((counts) => (counts === null ? null : new Map(counts as [string, number][]))),
      accumulators,
    };
  }

  /** Of equal arguments of DISTINCT the first that comes and the last that goes count. */
  #counts({ distinct }: CalledGroup, call: number, row: Row, isAddition: boolean): boolean {
    const { filter } = this.#python[call]!;
    if (filter !== null && row[filter] !== true) return false;
    const counts = distinct[call]!;
    if (counts === null) return true;
    const key = rowKey(row, this.#columns[call]!);
    const before = counts.get(key) ?? 0;
    const after = before + (isAddition ? 1 : -1);
    if (after === 0) counts.delete(key);
    else counts.set(key, after);
    return before === 0 || after === 0;
  }
}
