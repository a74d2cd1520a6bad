/** The JSON encoding of values (DESIGN section 9): exact, and equal values have equal text. */
import type { DataType } from '../types/data-type.js';
import { dateText, timestampText, timeText } from './date-time-text.js';
import type { SqlValue } from './value.js';

/** Writes values of one type as JSON text. */
export type JsonWriter = (value: SqlValue) => string;

/** The writer for a type: integers exact, DECIMAL text with its scale, `{"$float"}`, `{"$bytes"}`, `{"$map"}`. */
export function jsonWriter(type: DataType): JsonWriter {
  const write = presentWriter(type);
  return (value) => (value === null ? 'null' : write(value));
}

function presentWriter(type: DataType): JsonWriter {
  switch (type.kind) {
    case 'FLOAT':
      return (value) => floatText(value as number, shortestFloat32);
    case 'DOUBLE':
      return (value) => floatText(value as number, String);
    case 'DATE':
      return (value) => `"${dateText(value as number)}"`;
    case 'TIME':
      return (value) => `"${timeText(value as number)}"`;
    case 'TIMESTAMP':
      return (value) => `"${timestampText(value as bigint, type.precision > 6 ? 9 : 6)}"`;
    case 'TIMESTAMP_LTZ':
      return (value) => `"${timestampText(value as bigint, type.precision > 6 ? 9 : 6)}Z"`;
    case 'BINARY':
    case 'VARBINARY':
    case 'BYTES':
      return (value) => `{"$bytes": "${Buffer.from(value as Uint8Array).toString('base64')}"}`;
    case 'ARRAY':
      return listWriter(() => jsonWriter(type.element));
    case 'ROW':
      return listWriter((i) => jsonWriter(type.fields[i]!.type), type.fields.length);
    case 'MAP':
      return mapWriter(jsonWriter(type.key), jsonWriter(type.value));
    case 'MULTISET':
      return mapWriter(jsonWriter(type.element), String);
    case 'DECIMAL':
    case 'CHAR':
    case 'VARCHAR':
    case 'STRING':
      return (value) => JSON.stringify(value);
    default:
      return String;
  }
}

/** Writers are made once: one for all elements, or one for each of `fields`. */
function listWriter(writerOf: (index: number) => JsonWriter, fields: number | null = null): JsonWriter {
  const writers = Array.from({ length: fields ?? 1 }, (_, i) => writerOf(i));
  return (value) => {
    const parts = (value as readonly SqlValue[]).map((item, i) => writers[fields === null ? 0 : i]!(item));
    return `[${parts.join(', ')}]`;
  };
}

function mapWriter(key: JsonWriter, value: JsonWriter): JsonWriter {
  return (entries) => {
    const parts = (entries as readonly (readonly [SqlValue, SqlValue])[]).map(
      ([k, v]) => `[${key(k)}, ${value(v)}]`,
    );
    return `{"$map": [${parts.sort().join(', ')}]}`;
  };
}

function floatText(value: number, finite: (value: number) => string): string {
  if (!Number.isFinite(value)) return `{"$float": "${value}"}`;
  return Object.is(value, -0) ? '-0.0' : finite(value);
}

/** Nine digits tell any two float32 apart. Normal ones need six or fewer (whose zeros fall away) or up to nine. */
function shortestFloat32(value: number): string {
  const least = Math.abs(value) < SMALLEST_NORMAL_FLOAT32 ? 1 : 6;
  for (let digits = least; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return String(candidate);
  }
  return String(Number(value.toPrecision(9)));
}

const SMALLEST_NORMAL_FLOAT32 = 2 ** -126;
