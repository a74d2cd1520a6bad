/** What is kept of values that only come, in the order in which they do. */
import type { SqlValue } from '../../../core/index.js';
import { valuesKey } from '../value-key.js';
import type { Accumulator, Arguments } from './accumulator.js';

/** Nothing is taken out of these. */
abstract class SoFar implements Accumulator {
  abstract add(values: Arguments): void;
  abstract result(): SqlValue;
  abstract save(): SqlValue;
  abstract load(saved: SqlValue): void;

  retract(): void {
    throw new Error('Of values that only come none is taken out.');
  }
}

/** The first or the last value that is not NULL. */
export class Edge extends SoFar {
  #value: SqlValue = null;

  constructor(private readonly which: 'first' | 'last') {
    super();
  }

  add([value]: Arguments): void {
    if (value !== null && (this.which === 'last' || this.#value === null)) this.#value = value!;
  }

  result(): SqlValue {
    return this.#value;
  }

  /** As a list of rows of arguments, which checkpoints had for it before. */
  save(): SqlValue {
    return this.#value === null ? [] : [[this.#value]];
  }

  load(saved: SqlValue): void {
    for (const values of saved as readonly Arguments[]) this.add(values);
  }
}

/** LAG(value, offset, otherwise): the value of the row so many rows before the one that came last; the offset is the same for all rows. */
export class Lag extends SoFar {
  readonly #values: SqlValue[] = [];
  #otherwise: SqlValue = null;
  #offset = 1;

  add([value, offset = 1n, otherwise = null]: Arguments): void {
    this.#otherwise = otherwise;
    this.#offset = Number(offset);
    this.#values.push(value!);
    if (this.#values.length > this.#offset + 1) this.#values.shift();
  }

  result(): SqlValue {
    const at = this.#values.length - 1 - this.#offset;
    return at < 0 ? this.#otherwise : this.#values[at]!;
  }

  save(): SqlValue {
    return this.#values;
  }

  load(saved: SqlValue): void {
    this.#values.push(...(saved as readonly SqlValue[]));
  }
}

/** RANK(values), DENSE_RANK(values): rows that came one behind the other with equal values have one rank. */
export class Rank extends SoFar {
  /** The values of the last row; null: there is none. */
  #values: Arguments | null = null;
  #rows = 0n;
  #rank = 0n;

  constructor(private readonly isDense: boolean) {
    super();
  }

  add(values: Arguments): void {
    this.#rows += 1n;
    if (this.#values !== null && areEqual(values, this.#values)) return;
    this.#values = values;
    this.#rank = this.isDense ? this.#rank + 1n : this.#rows;
  }

  result(): SqlValue {
    return this.#rank;
  }

  save(): SqlValue {
    return [this.#values, this.#rows, this.#rank];
  }

  load(saved: SqlValue): void {
    const [values, rows, rank] = saved as [Arguments | bigint | null, bigint, bigint];
    // Checkpoints had one time alone.
    this.#values = typeof values === 'bigint' ? [values] : values;
    this.#rows = rows;
    this.#rank = rank;
  }
}

function areEqual(a: Arguments, b: Arguments): boolean {
  return a.every((value, i) => value === b[i]) || valuesKey(a) === valuesKey(b);
}
