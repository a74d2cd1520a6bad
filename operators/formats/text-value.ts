/** SQL values as text in records: what the fields of CSV and the strings of JSON hold, as Flink's formats read them. */
import {
  type DataType,
  dateText,
  decimalText,
  parseDate,
  parseTime,
  parseTimestamp,
  type SqlValue,
  timestampText,
  timeText,
  typeToText,
} from '../../core/index.js';
import { MalformedRecord } from './format.js';

/** `SQL`: `2024-02-29 12:00:00.5`; `ISO-8601`: `2024-02-29T12:00:00.5`. */
export type TimestampFormat = 'SQL' | 'ISO-8601';

/** Reads the text of a value that is not NULL. @throws {MalformedRecord} */
export type TextReader = (text: string) => SqlValue;

/** The reader of a type without parts. */
export function textReader(type: DataType, format: TimestampFormat): TextReader {
  const read = reader(type, format);
  return (text) => {
    const value = read(text);
    if (value === undefined) {
      throw new MalformedRecord(`${JSON.stringify(text.slice(0, 100))} is no ${typeToText(type)}`);
    }
    return value;
  };
}

function reader(type: DataType, format: TimestampFormat): (text: string) => SqlValue | undefined {
  switch (type.kind) {
    case 'CHAR':
    case 'VARCHAR':
    case 'STRING':
      return (text) => text;
    case 'BOOLEAN':
      // As Java's parseBoolean: everything else is false.
      return (text) => text.trim().toLowerCase() === 'true';
    case 'TINYINT':
      return (text) => whole(text, 8);
    case 'SMALLINT':
      return (text) => whole(text, 16);
    case 'INT':
    case 'INTERVAL_YEAR_MONTH':
      return (text) => whole(text, 32);
    case 'BIGINT':
    case 'INTERVAL_DAY_TIME':
      return (text) => {
        const trimmed = text.trim();
        if (!/^[+-]?\d+$/.test(trimmed)) return undefined;
        const value = BigInt(trimmed.replace(/^\+/, ''));
        return BigInt.asIntN(64, value) === value ? value : undefined;
      };
    case 'FLOAT':
      return (text) => {
        const value = float(text);
        return value === undefined ? undefined : Math.fround(value);
      };
    case 'DOUBLE':
      return float;
    case 'DECIMAL':
      return (text) => decimal(text.trim(), type.precision, type.scale);
    case 'DATE':
      return (text) => parseDate(text);
    case 'TIME':
      return (text) => parseTime(withSeconds(text.replace(/Z$/, '')));
    case 'TIMESTAMP':
      return (text) => timestamp(text, type.precision, format);
    case 'TIMESTAMP_LTZ':
      return (text) =>
        text.endsWith('Z') ? timestamp(text.slice(0, -1), type.precision, format) : undefined;
    case 'BINARY':
    case 'VARBINARY':
    case 'BYTES':
      return (text) => new Uint8Array(Buffer.from(text, 'base64'));
    default:
      throw new MalformedRecord(`${typeToText(type)} has no text form`);
  }
}

function whole(text: string, bits: 8 | 16 | 32): number | undefined {
  const trimmed = text.trim();
  if (!/^[+-]?\d{1,11}$/.test(trimmed)) return undefined;
  const value = Number(trimmed);
  const limit = 2 ** (bits - 1);
  return value >= -limit && value < limit ? value : undefined;
}

const FLOAT = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function float(text: string): number | undefined {
  const trimmed = text.trim();
  if (FLOAT.test(trimmed)) return Number(trimmed);
  const named: Readonly<Record<string, number>> = {
    NaN: Number.NaN,
    Infinity: Number.POSITIVE_INFINITY,
    '+Infinity': Number.POSITIVE_INFINITY,
    '-Infinity': Number.NEGATIVE_INFINITY,
  };
  return named[trimmed];
}

/** Rounded half up to the scale; NULL beyond the precision, as Flink. */
export function decimal(text: string, precision: number, scale: number): SqlValue | undefined {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null || (match[2] === '' && match[3] === '')) return undefined;
  const [, sign, integer, fraction, exponent = '0'] = match as unknown as [
    string,
    string,
    string,
    string,
    string?,
  ];
  const shift = Number(exponent);
  if (Math.abs(shift) > 1_000) return undefined;
  const digits = integer + fraction;
  // The value is digits × 10^-places; it is brought to `scale`.
  const places = fraction.length - shift;
  let unscaled = BigInt(digits);
  if (places <= scale) {
    unscaled *= 10n ** BigInt(scale - places);
  } else {
    const unit = 10n ** BigInt(places - scale);
    unscaled = (unscaled * 2n + unit) / (unit * 2n);
  }
  if (unscaled.toString().length > precision && unscaled !== 0n) return null;
  return decimalText(sign === '-' ? -unscaled : unscaled, scale);
}

function timestamp(text: string, precision: number, format: TimestampFormat): bigint | undefined {
  const separator = format === 'SQL' ? ' ' : 'T';
  const at = text.indexOf(separator);
  if (at < 0) return undefined;
  return timestampTicks(`${text.slice(0, at)} ${withSeconds(text.slice(at + 1))}`, precision);
}

/** The value of a TIMESTAMP from `2024-02-29 12:00:00.5`; digits beyond its precision are cut off. */
export function timestampTicks(text: string, precision: number): bigint | undefined {
  const ticks = parseTimestamp(text, 9);
  if (ticks === undefined) return undefined;
  const unit = 10n ** BigInt(9 - precision);
  const rest = ((ticks % unit) + unit) % unit;
  return precision > 6 ? ticks - rest : (ticks - rest) / 1_000n;
}

/** ISO texts may leave the seconds out. */
function withSeconds(clock: string): string {
  return /^\d\d:\d\d$/.test(clock) ? `${clock}:00` : clock;
}

/** Writes a value that is not NULL, of a type without parts. */
export function textWriter(type: DataType, format: TimestampFormat): (value: SqlValue) => string {
  const separated = (text: string) => (format === 'SQL' ? text : text.replace(' ', 'T'));
  switch (type.kind) {
    case 'DATE':
      return (value) => dateText(value as number);
    case 'TIME':
      return (value) => timeText(value as number);
    case 'TIMESTAMP':
      return (value) => separated(timestampText(value as bigint, type.precision > 6 ? 9 : 6));
    case 'TIMESTAMP_LTZ':
      return (value) => `${separated(timestampText(value as bigint, type.precision > 6 ? 9 : 6))}Z`;
    case 'BINARY':
    case 'VARBINARY':
    case 'BYTES':
      return (value) => Buffer.from(value as Uint8Array).toString('base64');
    default:
      return String;
  }
}
