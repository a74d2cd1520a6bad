/** Aggregates that give values of the group back: the least, the first, all of them. */
import type { Compare, SqlValue } from '../../../core/index.js';
import { valuesKey } from '../value-key.js';
import type { Accumulator, Arguments, Mergeable } from './accumulator.js';

/** MIN where nothing is ever taken out; MAX by the reverse order. */
export class Extreme implements Mergeable<Extreme> {
  #value: SqlValue = null;

  constructor(private readonly compare: Compare) {}

  add([value]: Arguments): void {
    if (value === null) return;
    if (this.#value === null || this.compare(value!, this.#value) < 0) this.#value = value!;
  }

  retract(): void {
    throw new Error('An extreme of rows that only come takes none out.');
  }

  merge(other: Extreme): void {
    this.add([other.#value]);
  }

  result(): SqlValue {
    return this.#value;
  }

  save(): SqlValue {
    return this.#value;
  }

  load(saved: SqlValue): void {
    this.#value = saved;
  }
}

/** MIN of values that may be taken out: each value with how often it is there. */
export class ExtremeOfMany implements Accumulator {
  readonly #values = new Map<string, { readonly value: SqlValue; count: number }>();
  #extreme: SqlValue = null;
  #isKnown = true;

  constructor(private readonly compare: Compare) {}

  add([value]: Arguments): void {
    if (value === null) return;
    const key = valuesKey([value!]);
    const known = this.#values.get(key);
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    this.#values.set(key, { value: value!, count: 1 });
    if (this.#isKnown && (this.#extreme === null || this.compare(value!, this.#extreme) < 0)) {
      this.#extreme = value!;
    }
  }

  retract([value]: Arguments): void {
    if (value === null) return;
    const key = valuesKey([value!]);
    const known = this.#values.get(key);
    if (known === undefined) return;
    known.count -= 1;
    if (known.count > 0) return;
    this.#values.delete(key);
    if (this.#extreme !== null && this.compare(known.value, this.#extreme) === 0) this.#isKnown = false;
  }

  result(): SqlValue {
    if (!this.#isKnown) {
      this.#extreme = null;
      for (const { value } of this.#values.values()) {
        if (this.#extreme === null || this.compare(value, this.#extreme) < 0) this.#extreme = value;
      }
      this.#isKnown = true;
    }
    return this.#extreme;
  }

  save(): SqlValue {
    return [...this.#values.values()].map(({ value, count }) => [value, count]);
  }

  load(saved: SqlValue): void {
    for (const [value, count] of saved as readonly [SqlValue, number][]) {
      this.#values.set(valuesKey([value]), { value, count });
    }
    this.#isKnown = false;
  }
}

/** The values of the group in the order in which they came. */
export class ValueList implements Accumulator {
  readonly #values: Arguments[] = [];

  /**
   * @param keepsNull whether NULL is one of the values
   * @param finish what the values, at least one, make together
   * @param empty what none make
   */
  constructor(
    private readonly keepsNull: boolean,
    private readonly finish: (values: readonly Arguments[]) => SqlValue,
    private readonly empty: SqlValue = null,
  ) {}

  add(values: Arguments): void {
    if (values[0] !== null || this.keepsNull) this.#values.push(values);
  }

  retract(values: Arguments): void {
    const key = valuesKey(values);
    const at = this.#values.findIndex((known) => valuesKey(known) === key);
    if (at >= 0) this.#values.splice(at, 1);
  }

  result(): SqlValue {
    return this.#values.length === 0 ? this.empty : this.finish(this.#values);
  }

  save(): SqlValue {
    return this.#values;
  }

  load(saved: SqlValue): void {
    for (const values of saved as readonly Arguments[]) this.#values.push(values);
  }
}

/** COLLECT: each value with how often it is there. */
export class Collect implements Accumulator {
  readonly #values = new Map<string, [SqlValue, number]>();

  add([value]: Arguments): void {
    if (value === null) return;
    const key = valuesKey([value!]);
    const known = this.#values.get(key);
    if (known === undefined) this.#values.set(key, [value!, 1]);
    else known[1] += 1;
  }

  retract([value]: Arguments): void {
    if (value === null) return;
    const key = valuesKey([value!]);
    const known = this.#values.get(key);
    if (known === undefined) return;
    known[1] -= 1;
    if (known[1] === 0) this.#values.delete(key);
  }

  result(): SqlValue {
    return [...this.#values.values()].map(([value, count]) => [value, count]);
  }

  save(): SqlValue {
    return [...this.#values.values()];
  }

  load(saved: SqlValue): void {
    for (const [value, count] of saved as readonly [SqlValue, number][]) {
      this.#values.set(valuesKey([value]), [value, count]);
    }
  }
}

/** Gives each value on once, however often it is there. */
export class Distinct implements Accumulator {
  readonly #counts = new Map<string, number>();

  constructor(private readonly inner: Accumulator) {}

  add(values: Arguments): void {
    const key = valuesKey(values);
    const count = this.#counts.get(key) ?? 0;
    this.#counts.set(key, count + 1);
    if (count === 0) this.inner.add(values);
  }

  retract(values: Arguments): void {
    const key = valuesKey(values);
    const count = this.#counts.get(key) ?? 0;
    if (count > 1) {
      this.#counts.set(key, count - 1);
      return;
    }
    this.#counts.delete(key);
    if (count === 1) this.inner.retract(values);
  }

  result(): SqlValue {
    return this.inner.result();
  }

  save(): SqlValue {
    return [[...this.#counts], this.inner.save()];
  }

  load(saved: SqlValue): void {
    const [counts, inner] = saved as [readonly [string, number][], SqlValue];
    for (const [key, count] of counts) this.#counts.set(key, count);
    this.inner.load(inner);
  }
}
