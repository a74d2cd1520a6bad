/** The `json` format: an object for each row, its fields by name. Options and meaning are Flink's. */
import { type Column, type DataType, type SqlValue, typeToText } from '../../core/index.js';
import { INSERT } from '../streaming/row-function.js';
import { MalformedRecord, type RowDecoder, type RowEncoder } from './format.js';
import { parseExactJson } from './json-text.js';
import { type TimestampFormat, textReader, textWriter } from './text-value.js';

/** What the options of the format say of reading. */
export interface JsonReading {
  readonly failOnMissingField: boolean;
  /** A field that is not of its type is NULL, and a record that is no JSON is left out. */
  readonly ignoreParseErrors: boolean;
  readonly timestampFormat: TimestampFormat;
}

/** And of writing. */
export interface JsonWriting {
  readonly timestampFormat: TimestampFormat;
  readonly ignoreNullFields: boolean;
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
    const object = parsedObject(record, this.options.ignoreParseErrors);
    if (object !== null) take(this.row(object), INSERT);
  }

  /** The row of a parsed object. @throws {MalformedRecord} */
  row(object: unknown): readonly SqlValue[] {
    return this.#read(object) as readonly SqlValue[];
  }
}

/** The object of a record; null where it is to be left out. @throws {MalformedRecord} */
export function parsedObject(record: Uint8Array, ignoreParseErrors: boolean): object | null {
  const text = Buffer.from(record.buffer, record.byteOffset, record.byteLength).toString('utf8');
  try {
    const value = parseExactJson(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (ignoreParseErrors) return null;
  throw new MalformedRecord(`${JSON.stringify(text.slice(0, 200))} is no JSON object`);
}

function rowReader(columns: readonly Column[], options: JsonReading): ReadJson {
  const fields = columns.map(({ name, type }) => ({ name, read: jsonReader(type, options) }));
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new MalformedRecord(`${shown(value)} is no object`);
    }
    const object = value as Readonly<Record<string, unknown>>;
    const row = new Array<SqlValue>(fields.length);
    for (let i = 0; i < fields.length; i++) {
      const { name, read } = fields[i]!;
      if (Object.hasOwn(object, name)) row[i] = field(name, read, object[name], options);
      else if (options.failOnMissingField) {
        throw new MalformedRecord(`field ${JSON.stringify(name)} is missing`);
      } else row[i] = null;
    }
    return row;
  };
}

function field(name: string, read: ReadJson, value: unknown, { ignoreParseErrors }: JsonReading): SqlValue {
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
      const item = type.kind === 'MAP' ? jsonReader(type.value, options) : (value: unknown) => Number(value);
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
      return (value) => (typeof value === 'string' ? value : shown(value));
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
        return read(typeof value === 'number' ? numberText(value, type) : String(value));
      };
    }
  }
}

function number(type: DataType, options: JsonReading, round: (value: number) => number): ReadJson {
  const read = textReader(type, options.timestampFormat);
  return (value) => (typeof value === 'number' ? round(value) : read(String(value)));
}

/** Flink truncates a number with a fraction where a whole one is due. */
function numberText(value: number, type: DataType): string {
  return type.kind === 'DECIMAL' ? String(value) : String(Math.trunc(value));
}

function shown(value: unknown): string {
  return JSON.stringify(value).slice(0, 200);
}

/** Writes an object for each row. */
export class JsonEncoder implements RowEncoder {
  readonly #write: (value: SqlValue) => string;

  constructor(columns: readonly Column[], options: JsonWriting) {
    this.#write = objectWriter(columns, options);
  }

  encode(row: readonly SqlValue[]): Uint8Array {
    return Buffer.from(this.text(row));
  }

  text(row: readonly SqlValue[]): string {
    return this.#write(row);
  }
}

type WriteJson = (value: SqlValue) => string;

function objectWriter(columns: readonly Column[], options: JsonWriting): WriteJson {
  const fields = columns.map(({ name, type }) => ({
    name: JSON.stringify(name),
    write: writer(type, options),
  }));
  return (row) => {
    const parts: string[] = [];
    fields.forEach(({ name, write }, i) => {
      const value = (row as readonly SqlValue[])[i]!;
      if (value !== null || !options.ignoreNullFields) parts.push(`${name}:${write(value)}`);
    });
    return `{${parts.join(',')}}`;
  };
}

function writer(type: DataType, options: JsonWriting): WriteJson {
  const write = presentWriter(type, options);
  return (value) => (value === null ? 'null' : write(value));
}

function presentWriter(type: DataType, options: JsonWriting): WriteJson {
  switch (type.kind) {
    case 'BOOLEAN':
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
    case 'DECIMAL':
      return String;
    case 'FLOAT':
    case 'DOUBLE':
      return (value) => (Number.isFinite(value) ? jsonFloat(value as number) : `"${String(value)}"`);
    case 'ARRAY': {
      const write = writer(type.element, options);
      return (value) => `[${(value as readonly SqlValue[]).map(write).join(',')}]`;
    }
    case 'MAP':
    case 'MULTISET': {
      const key = textWriter(type.kind === 'MAP' ? type.key : type.element, options.timestampFormat);
      const item = type.kind === 'MAP' ? writer(type.value, options) : String;
      return (value) => {
        const entries = value as readonly (readonly [SqlValue, SqlValue])[];
        return `{${entries.map(([k, v]) => `${JSON.stringify(key(k))}:${item(v)}`).join(',')}}`;
      };
    }
    case 'ROW':
      return objectWriter(type.fields, options);
    default: {
      const text = textWriter(type, options.timestampFormat);
      return (value) => JSON.stringify(text(value));
    }
  }
}

/** `1.0`, as Java writes it: a reader that looks at the form sees that it is no integer. */
function jsonFloat(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
