/** One column of a `datagen` table: its options, checked, and the values it makes. Options and defaults are Flink's. */
import { type Column, ConfigurationError, type DataType, typeToText } from '../../core/index.js';

/** Makes the next value of a column, as `encodeBatch` takes it; null is NULL. */
export type ValueGenerator = () => unknown;

/** A column's generator, and how many rows it can give (a sequence ends; random values do not). */
export interface FieldGenerator {
  readonly next: ValueGenerator;
  readonly rows: number;
}

const INTEGER_RANGES: Partial<Record<DataType['kind'], readonly [bigint, bigint]>> = {
  TINYINT: [-128n, 127n],
  SMALLINT: [-32768n, 32767n],
  INT: [-2147483648n, 2147483647n],
  BIGINT: [-9223372036854775808n, 9223372036854775807n],
};

const HEX = '0123456789abcdef';

/**
 * The generator for `column` under its `fields.<name>.*` options.
 * @param options The table's options with the prefix `fields.<name>.` removed.
 * @param random Uniform in [0, 1).
 * @param nowMs The clock, for timestamps.
 * @throws {ConfigurationError} for an option that the type does not have, or a value out of range.
 */
export function fieldGenerator(
  column: Column,
  options: ReadonlyMap<string, string>,
  random: () => number,
  nowMs: () => number,
): FieldGenerator {
  const reader = new FieldOptions(column, options);
  const kind = reader.take('kind') ?? 'random';
  if (kind !== 'random' && kind !== 'sequence') reader.refuse('kind', kind, "'random' or 'sequence'");
  if (kind === 'sequence') {
    const generator = sequence(column, reader);
    reader.finish();
    return generator;
  }
  const nullRate = reader.number('null-rate', 0, 0, 1);
  const value = randomValue(column.type, reader, random, nowMs);
  reader.finish();
  return { next: nullRate === 0 ? value : () => (random() < nullRate ? null : value()), rows: Infinity };
}

function sequence(column: Column, reader: FieldOptions): FieldGenerator {
  const start = reader.integer('start', null);
  const end = reader.integer('end', null);
  if (end < start) reader.refuse('end', String(end), `at least the start, ${start}`);
  const convert = sequenceConversion(column.type);
  if (convert === null) reader.refuse('kind', 'sequence', `'random' (a ${column.type.kind} has no sequence)`);
  let at = start;
  return { next: () => (at > end ? null : convert(at++)), rows: Number(end - start + 1n) };
}

function sequenceConversion(type: DataType): ((value: bigint) => unknown) | null {
  switch (type.kind) {
    case 'BIGINT':
      return (value) => value;
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'FLOAT':
    case 'DOUBLE':
      return Number;
    case 'DECIMAL':
      return (value) => (type.scale === 0 ? String(value) : `${value}.${'0'.repeat(type.scale)}`);
    case 'STRING':
    case 'VARCHAR':
    case 'CHAR':
      return String;
    default:
      return null;
  }
}

function randomValue(
  type: DataType,
  reader: FieldOptions,
  random: () => number,
  nowMs: () => number,
): ValueGenerator {
  const range = INTEGER_RANGES[type.kind];
  if (range !== undefined) {
    const min = reader.integer('min', range[0]);
    const max = reader.integer('max', range[1]);
    if (max < min) reader.refuse('max', String(max), `at least the minimum, ${min}`);
    const width = Number(max - min) + 1;
    if (type.kind !== 'BIGINT') return () => Number(min) + Math.floor(random() * width);
    return () => min + (BigInt(Math.floor(random() * 2 ** 53)) * (max - min + 1n)) / 2n ** 53n;
  }
  switch (type.kind) {
    case 'BOOLEAN':
      return () => random() < 0.5;
    case 'FLOAT':
    case 'DOUBLE': {
      const most = type.kind === 'FLOAT' ? 3.4028234663852886e38 : Number.MAX_VALUE;
      const min = reader.number('min', -most, -most, most);
      const max = reader.number('max', most, min, most);
      // Not min + r × (max − min): the width of the full range is infinite.
      return () => {
        const share = random();
        return min * (1 - share) + max * share;
      };
    }
    case 'DECIMAL': {
      const digits = type.precision - type.scale;
      const most = Number('9'.repeat(Math.min(digits, 15)) || '0');
      const min = reader.number('min', -most, -1e38, 1e38);
      const max = reader.number('max', most, min, 1e38);
      return () => (min + random() * (max - min)).toFixed(type.scale);
    }
    case 'STRING':
    case 'VARCHAR':
    case 'CHAR': {
      const fallback = 'length' in type ? type.length : 100;
      const length = reader.number('length', fallback, 0, 1_000_000);
      return () => {
        let text = '';
        for (let i = 0; i < length; i++) text += HEX[Math.floor(random() * 16)];
        return text;
      };
    }
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ': {
      const past = reader.number('max-past', 0, 0, 1e15);
      return () => BigInt(Math.floor((nowMs() - random() * past) * 1000));
    }
    case 'DATE':
      return () => Math.floor(nowMs() / 86_400_000);
    default:
      throw new ConfigurationError(
        'OPTION_UNSUPPORTED',
        `datagen makes no values of type ${typeToText(type)} (column ${reader.column.name}).`,
        { hint: 'Leave the column out, or compute it from another one: `name AS expression`.' },
      );
  }
}

/** Reads the options of one field and refuses what is left over. */
class FieldOptions {
  readonly #taken = new Set<string>();

  constructor(
    readonly column: Column,
    private readonly options: ReadonlyMap<string, string>,
  ) {}

  take(name: string): string | undefined {
    this.#taken.add(name);
    return this.options.get(name);
  }

  number(name: string, fallback: number, min: number, max: number): number {
    const text = this.take(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (text.trim() === '' || Number.isNaN(value) || value < min || value > max) {
      this.refuse(name, text, `a number from ${min} to ${max}`);
    }
    return value;
  }

  integer(name: string, fallback: bigint | null): bigint {
    const text = this.take(name);
    if (text === undefined && fallback !== null) return fallback;
    if (text === undefined) {
      const key = `fields.${this.column.name}.${name}`;
      throw new ConfigurationError('OPTION_MISSING', `a sequence needs the option '${key}'.`);
    }
    if (!/^[+-]?\d+$/.test(text.trim())) this.refuse(name, text, 'a whole number');
    return BigInt(text.trim());
  }

  refuse(name: string, value: string, expected: string): never {
    throw new ConfigurationError(
      'OPTION_VALUE',
      `option 'fields.${this.column.name}.${name}' is '${value}'; expected ${expected}.`,
    );
  }

  finish(): void {
    for (const name of this.options.keys()) {
      if (this.#taken.has(name)) continue;
      throw new ConfigurationError(
        'OPTION_UNKNOWN',
        `option 'fields.${this.column.name}.${name}' does not fit a datagen column of type ${typeToText(this.column.type)}.`,
        { hint: `Options it has: ${[...this.#taken].join(', ')}.` },
      );
    }
  }
}
