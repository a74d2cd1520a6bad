/** PERCENTILE: the value below which a share of the group lies. */
import type { Compare, SqlValue } from '../../../core/index.js';
import type { Accumulator, Arguments } from './accumulator.js';

/** Each value with how often it is there; between two of them it is interpolated. */
export class Percentile implements Accumulator {
  readonly #counts = new Map<number, number>();
  /** One share, or several. */
  #share: SqlValue = null;

  constructor(private readonly compare: Compare) {}

  add([value, share, frequency]: Arguments): void {
    if (value === null) return;
    this.#share = share!;
    this.#count(value as number, timesOf(frequency));
  }

  retract([value, , frequency]: Arguments): void {
    if (value !== null) this.#count(value as number, -timesOf(frequency));
  }

  result(): SqlValue {
    if (this.#counts.size === 0) return null;
    const values = [...this.#counts].sort(([a], [b]) => this.compare(a, b));
    const last = values.reduce((sum, [, count]) => sum + count, -1);
    const at = (share: number) => {
      const place = last * share;
      const [below, above] = [nth(values, Math.floor(place)), nth(values, Math.ceil(place))];
      const part = place - Math.floor(place);
      // In this form, as in batch, so that the last digit is the same.
      return below === above ? below : below * (1 - part) + above * part;
    };
    return Array.isArray(this.#share)
      ? this.#share.map((share) => at(share as number))
      : at(this.#share as number);
  }

  save(): SqlValue {
    return [this.#share, [...this.#counts]];
  }

  load(saved: SqlValue): void {
    const [share, counts] = saved as [SqlValue, readonly [number, number][]];
    this.#share = share;
    for (const [value, count] of counts) this.#counts.set(value, count);
  }

  #count(value: number, by: number): void {
    if (by === 0) return;
    const count = (this.#counts.get(value) ?? 0) + by;
    if (count > 0) this.#counts.set(value, count);
    else this.#counts.delete(value);
  }
}

/** How often a value counts: once where nothing is said, never where it is NULL or negative. */
function timesOf(frequency: SqlValue | undefined): number {
  return frequency === undefined ? 1 : Math.max(0, Number(frequency));
}

/** The value with so many before it. */
function nth(values: readonly (readonly [number, number])[], place: number): number {
  let before = 0;
  for (const [value, count] of values) {
    before += count;
    if (before > place) return value;
  }
  return values.at(-1)![0];
}
