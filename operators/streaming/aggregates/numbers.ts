/** COUNT, SUM, AVG and the deviations. Results are Flink's: SUM wraps, AVG of integers truncates. */
import {
  type DataType,
  decimalText,
  INTEGER_BITS,
  InternalError,
  isInteger,
  type SqlValue,
  type StreamCall,
  unscaledDecimal,
} from '../../../core/index.js';
import type { Accumulator, Arguments, Mergeable } from './accumulator.js';

/** Rows in which no argument is NULL. */
export class Count implements Mergeable<Count> {
  #count = 0;

  add(values: Arguments): void {
    if (!values.includes(null)) this.#count += 1;
  }

  retract(values: Arguments): void {
    if (!values.includes(null)) this.#count -= 1;
  }

  merge(other: Count): void {
    this.#count += other.#count;
  }

  result(): bigint {
    return BigInt(this.#count);
  }

  save(): SqlValue {
    return this.result();
  }

  load(saved: SqlValue): void {
    this.#count = Number(saved);
  }
}

function wrapped(value: bigint, type: DataType): SqlValue {
  if (!isInteger(type)) throw new InternalError('INTERNAL', `${type.kind} does not wrap.`);
  const cut = BigInt.asIntN(INTEGER_BITS[type.kind], value);
  return type.kind === 'BIGINT' ? cut : Number(cut);
}

/** A DECIMAL has 38 digits; a sum with more is NULL. */
function decimalOf(unscaled: bigint, scale: number): string | null {
  return unscaled < MOST_DIGITS && unscaled > -MOST_DIGITS ? decimalText(unscaled, scale) : null;
}

const MOST_DIGITS = 10n ** 38n;

/** Sum and number of integers, or of decimals as integers. */
abstract class ExactTotal implements Mergeable<ExactTotal> {
  protected total = 0n;
  protected count = 0n;

  constructor(protected readonly call: StreamCall<unknown>) {}

  add([value]: Arguments): void {
    this.#change(value!, 1n);
  }

  retract([value]: Arguments): void {
    this.#change(value!, -1n);
  }

  merge(other: ExactTotal): void {
    this.total += other.total;
    this.count += other.count;
  }

  abstract result(): SqlValue;

  save(): SqlValue {
    return [this.total, this.count];
  }

  load(saved: SqlValue): void {
    [this.total, this.count] = saved as [bigint, bigint];
  }

  #change(value: SqlValue, sign: bigint): void {
    if (value === null) return;
    this.total +=
      sign * (typeof value === 'string' ? unscaledDecimal(value) : BigInt(value as number | bigint));
    this.count += sign;
  }
}

export class IntegerSum extends ExactTotal {
  result(): SqlValue {
    return this.count === 0n ? null : wrapped(this.total, this.call.type);
  }
}

export class IntegerAverage extends ExactTotal {
  result(): SqlValue {
    return this.count === 0n ? null : wrapped(this.total / this.count, this.call.type);
  }
}

export class DecimalSum extends ExactTotal {
  result(): SqlValue {
    const { type } = this.call;
    return this.count === 0n || type.kind !== 'DECIMAL' ? null : decimalOf(this.total, type.scale);
  }
}

/** Rounded half away from zero to the scale of the result. */
export class DecimalAverage extends ExactTotal {
  result(): SqlValue {
    const { type, argumentTypes } = this.call;
    const [of] = argumentTypes;
    if (this.count === 0n || type.kind !== 'DECIMAL' || of?.kind !== 'DECIMAL') return null;
    const exact = this.total * 10n ** BigInt(type.scale - of.scale);
    const half = (exact < 0n ? -this.count : this.count) / 2n;
    return decimalOf((exact + half) / this.count, type.scale);
  }
}

/** Deviations of integers and decimals: exact sums, cut to the type only at the end, as in Flink. */
export class ExactDeviation implements Accumulator {
  #total = 0n;
  #squares = 0n;
  #count = 0n;

  constructor(private readonly call: StreamCall<unknown>) {}

  add([value]: Arguments): void {
    this.#change(value!, 1n);
  }

  retract([value]: Arguments): void {
    this.#change(value!, -1n);
  }

  result(): SqlValue {
    const { function: name, type, argumentTypes } = this.call;
    const divisor = name.endsWith('SAMP') ? this.#count - 1n : this.#count;
    if (divisor <= 0n) return null;
    const scale = argumentTypes[0]!.kind === 'DECIMAL' ? argumentTypes[0]!.scale : 0;
    const squares = this.#count * this.#squares - this.#total * this.#total;
    const variance = Number(squares) / Number(this.#count * divisor) / 10 ** (2 * scale);
    const found = name.startsWith('STDDEV') ? Math.sqrt(variance) : variance;
    if (type.kind === 'DECIMAL') return decimalOf(nearestUnscaled(found, type.scale), type.scale);
    const most = type.kind === 'BIGINT' ? 2n ** 63n - 1n : 2n ** 31n - 1n;
    const whole = BigInt(Math.trunc(found));
    return wrapped(whole > most ? most : whole, type);
  }

  save(): SqlValue {
    return [this.#total, this.#squares, this.#count];
  }

  load(saved: SqlValue): void {
    [this.#total, this.#squares, this.#count] = saved as [bigint, bigint, bigint];
  }

  #change(value: SqlValue, sign: bigint): void {
    if (value === null) return;
    const exact = typeof value === 'string' ? unscaledDecimal(value) : BigInt(value as number | bigint);
    this.#total += sign * exact;
    this.#squares += sign * exact * exact;
    this.#count += sign;
  }
}

/** A DOUBLE as the unscaled integer of a DECIMAL. */
function nearestUnscaled(value: number, scale: number): bigint {
  return value < 1e21 ? unscaledDecimal(value.toFixed(scale)) : BigInt(value) * 10n ** BigInt(scale);
}

/** SUM and AVG of FLOAT and DOUBLE. */
export class FloatTotal implements Mergeable<FloatTotal> {
  #total = 0;
  #count = 0;

  constructor(private readonly call: StreamCall<unknown>) {}

  add([value]: Arguments): void {
    if (value === null) return;
    this.#total += value as number;
    this.#count += 1;
  }

  retract([value]: Arguments): void {
    if (value === null) return;
    this.#total -= value as number;
    this.#count -= 1;
  }

  merge(other: FloatTotal): void {
    this.#total += other.#total;
    this.#count += other.#count;
  }

  result(): SqlValue {
    if (this.#count === 0) return null;
    const exact = this.call.function === 'AVG' ? this.#total / this.#count : this.#total;
    return this.call.type.kind === 'FLOAT' ? Math.fround(exact) : exact;
  }

  save(): SqlValue {
    return [this.#total, this.#count];
  }

  load(saved: SqlValue): void {
    [this.#total, this.#count] = saved as [number, number];
  }
}

/** Deviations of FLOAT and DOUBLE by running mean and squares (Welford), which also run backwards. */
export class FloatDeviation implements Accumulator {
  #count = 0;
  #mean = 0;
  #squares = 0;

  constructor(private readonly call: StreamCall<unknown>) {}

  add([value]: Arguments): void {
    if (value === null) return;
    const x = value as number;
    this.#count += 1;
    const before = x - this.#mean;
    this.#mean += before / this.#count;
    this.#squares += before * (x - this.#mean);
  }

  retract([value]: Arguments): void {
    if (value === null) return;
    const x = value as number;
    this.#count -= 1;
    if (this.#count === 0) {
      this.#mean = 0;
      this.#squares = 0;
      return;
    }
    const after = x - this.#mean;
    this.#mean -= after / this.#count;
    this.#squares -= after * (x - this.#mean);
  }

  result(): SqlValue {
    const { function: name, type } = this.call;
    const divisor = name.endsWith('SAMP') ? this.#count - 1 : this.#count;
    if (divisor <= 0) return null;
    const variance = Math.max(0, this.#squares) / divisor;
    const exact = name.startsWith('STDDEV') ? Math.sqrt(variance) : variance;
    return type.kind === 'FLOAT' ? Math.fround(exact) : exact;
  }

  save(): SqlValue {
    return [this.#count, this.#mean, this.#squares];
  }

  load(saved: SqlValue): void {
    [this.#count, this.#mean, this.#squares] = saved as [number, number, number];
  }
}
