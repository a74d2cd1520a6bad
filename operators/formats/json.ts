/** The `json` format: an object for each row, its fields by name. Options and meaning are Flink's. */
import { type Column, type DataType, type SqlValue, typeToText } from '../../core/index.js';
import { INSERT } from '../streaming/row-function.js';
import { MalformedRecord, type RowDecoder } from './format.js';
import { jsonText, parseMarkedJson, scalarText } from './json-text.js';
import { type TimestampFormat, textReader } from './text-value.js';

/** What the options of the format say of reading. */
export interface JsonReading {
  readonly failOnMissingField: boolean;
  /** A field that is not of its type is NULL, and a record that is no JSON is left out. */
  readonly ignoreParseErrors: boolean;
  readonly timestampFormat: TimestampFormat;
}

export type ReadJson = (value: unknown) => SqlValue;

/** Reads rows from objects. */
export class JsonDecoder implements RowDecoder {
  readonly #read: ReadJson;

  constructor(
    columns: readonly Column[],
    private readonly options: JsonReading,
  ) {
    this.#read = rowReader(columns, options);
  }

  decode(record: Uint8Array, take: Parameters<RowDecoder['decode']>[1]): void {
    for (const object of parsedObjects(record, this.options.ignoreParseErrors))
      take(this.row(object), INSERT);
  }

  /** The row of a parsed object. @throws {MalformedRecord} */
  row(object: unknown): readonly SqlValue[] {
    return this.#read(object) as readonly SqlValue[];
  }
}

/** An object of JSON text. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True where an object in `value`, however deep, has a field of that name. */
export function hasFieldBelow(value: unknown, name: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isObject(value) && Object.hasOwn(value, name)) return true;
  return Object.values(value).some((part) => hasFieldBelow(part, name));
}

/** The object of a record, several in an array; none where it is to be left out. @throws {MalformedRecord} */
export function parsedObjects(record: Uint8Array, ignoreParseErrors: boolean): readonly JsonObject[] {
  const text = Buffer.from(record.buffer, record.byteOffset, record.byteLength).toString('utf8');
  try {
    const value = parseMarkedJson(text);
    const objects = Array.isArray(value) ? value : [value];
    if (objects.every(isObject)) return objects;
    if (ignoreParseErrors) return objects.filter(isObject);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    if (ignoreParseErrors) return [];
  }
  throw new MalformedRecord(`${JSON.stringify(text.slice(0, 200))} is no JSON object`);
}

function rowReader(columns: readonly Column[], options: JsonReading): ReadJson {
  const fields = columns.map(({ name, type }) => ({ name, read: jsonReader(type, options) }));
  return (value) => {
    if (!isObject(value)) throw new MalformedRecord(`${shown(value)} is no object`);
    const row = new Array<SqlValue>(fields.length);
    for (let i = 0; i < fields.length; i++) {
      const { name, read } = fields[i]!;
      if (Object.hasOwn(value, name)) row[i] = readField(name, read, value[name], options);
      else if (options.failOnMissingField) {
        throw new MalformedRecord(`field ${JSON.stringify(name)} is missing`);
      } else row[i] = null;
    }
    return row;
  };
}

/** The value of a field, NULL where it is none of its type and that is ignored. @throws {MalformedRecord} */
export function readField(
  name: string,
  read: ReadJson,
  value: unknown,
  { ignoreParseErrors }: JsonReading,
): SqlValue {
  try {
    return read(value);
  } catch (error) {
    if (!(error instanceof MalformedRecord)) throw error;
    if (ignoreParseErrors) return null;
    throw new MalformedRecord(`field ${JSON.stringify(name)}: ${error.message}`);
  }
}

/** Reads values of a type from parsed JSON. @throws {MalformedRecord} */
export function jsonReader(type: DataType, options: JsonReading): ReadJson {
  const read = presentReader(type, options);
  return (value) => (value === null || value === undefined ? null : read(value));
}

function presentReader(type: DataType, options: JsonReading): ReadJson {
  switch (type.kind) {
    case 'ARRAY': {
      const read = jsonReader(type.element, options);
      return (value) => {
        if (!Array.isArray(value)) throw new MalformedRecord(`${shown(value)} is no array`);
        return value.map(read);
      };
    }
    case 'MAP':
    case 'MULTISET': {
      const key = textReader(type.kind === 'MAP' ? type.key : type.element, options.timestampFormat);
      const item =
        type.kind === 'MAP' ? jsonReader(type.value, options) : (value: unknown) => Number(scalarText(value));
      return (value) => {
        if (typeof value !== 'object' || Array.isArray(value))
          throw new MalformedRecord(`${shown(value)} is no object`);
        return Object.entries(value as object).map(([name, own]) => [key(name), item(own)]);
      };
    }
    case 'ROW':
      return rowReader(type.fields, options);
    case 'CHAR':
    case 'VARCHAR':
    case 'STRING':
      return (value) => (typeof value === 'string' ? scalarText(value) : jsonText(value));
    case 'BOOLEAN':
      return (value) => (typeof value === 'boolean' ? value : String(value).trim().toLowerCase() === 'true');
    case 'FLOAT':
      return number(type, options, Math.fround);
    case 'DOUBLE':
      return number(type, options, (value) => value);
    default: {
      const read = textReader(type, options.timestampFormat);
      return (value) => {
        if (typeof value === 'object' || typeof value === 'boolean') {
          throw new MalformedRecord(`${shown(value)} is no ${typeToText(type)}`);
        }
        return read(typeof value === 'number' ? numberText(value, type) : scalarText(value));
      };
    }
  }
}

function number(type: DataType, options: JsonReading, round: (value: number) => number): ReadJson {
  const read = textReader(type, options.timestampFormat);
  return (value) => (typeof value === 'number' ? round(value) : read(scalarText(value)));
}

/** Flink truncates a number with a fraction where a whole one is due. */
function numberText(value: number, type: DataType): string {
  return type.kind === 'DECIMAL' ? String(value) : String(Math.trunc(value));
}

function shown(value: unknown): string {
  return (value === undefined ? 'nothing' : jsonText(value)).slice(0, 200);
}
