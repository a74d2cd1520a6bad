/** SQL values ↔ the values of records: dates and times as text, rows as objects, maps as `Map`. */
import {
  type Column,
  type DataType,
  jsonWriter,
  nearNames,
  parseDate,
  parseTime,
  parseTimestamp,
  SourceError,
  type SqlValue,
  typeToText,
} from '../../core/index.js';

type Read = (value: SqlValue) => unknown;

/** Makes the record of a row from its values, in the order of `columns`. */
export function recordReader(columns: readonly Column[]): (values: readonly SqlValue[]) => object {
  const readers = columns.map(({ name, type }) => ({ name, read: valueReader(type) }));
  return (values) => Object.fromEntries(readers.map(({ name, read }, i) => [name, read(values[i]!)]));
}

/** What a record holds for a type: the reader from SQL values. */
function valueReader(type: DataType): Read {
  const read = presentReader(type);
  return (value) => (value === null ? null : read(value));
}

function presentReader(type: DataType): Read {
  switch (type.kind) {
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ': {
      const write = jsonWriter(type);
      return (value) => write(value).slice(1, -1);
    }
    case 'ARRAY': {
      const read = valueReader(type.element);
      return (value) => (value as readonly SqlValue[]).map(read);
    }
    case 'MAP':
    case 'MULTISET': {
      const [key, item] = type.kind === 'MAP' ? [type.key, type.value] : [type.element, null];
      const readKey = valueReader(key);
      const readItem = item === null ? (value: SqlValue) => value : valueReader(item);
      return (value) =>
        new Map(
          (value as readonly (readonly [SqlValue, SqlValue])[]).map(([k, v]) => [readKey(k), readItem(v)]),
        );
    }
    case 'ROW': {
      const read = recordReader(type.fields);
      return (value) => read(value as readonly SqlValue[]);
    }
    default:
      return (value) => value;
  }
}

/**
 * The SQL value of what a record holds; `where` names its place in errors. Numbers are checked again, for their range,
 * when they are encoded.
 * @throws {SourceError} VALUE_TYPE
 */
export function toSqlValue(type: DataType, value: unknown, where: () => string): SqlValue {
  if (value === null || value === undefined) {
    if (type.nullable) return null;
    throw new SourceError('VALUE_TYPE', `${where()} is ${value}, and its type is ${typeToText(type)}.`, {
      hint: 'Give a value, or declare the column nullable().',
    });
  }
  const converted = presentValue(type, value, where);
  if (converted !== undefined) return converted;
  throw new SourceError('VALUE_TYPE', `${where()} is ${shown(value)}, which is no ${typeToText(type)}.`, {
    hint: 'Give a value of that type, or declare the column otherwise.',
  });
}

/** Undefined where the value does not fit. */
function presentValue(type: DataType, value: unknown, where: () => string): SqlValue | undefined {
  switch (type.kind) {
    case 'BOOLEAN':
      return typeof value === 'boolean' ? value : undefined;
    case 'FLOAT':
    case 'DOUBLE':
      return typeof value === 'number' ? value : undefined;
    case 'TINYINT':
      return wholeNumber(value, 8);
    case 'SMALLINT':
      return wholeNumber(value, 16);
    case 'INT':
      return wholeNumber(value, 32);
    case 'BIGINT':
      return typeof value === 'bigint' && BigInt.asIntN(64, value) === value ? value : undefined;
    case 'CHAR':
    case 'VARCHAR':
    case 'STRING':
      return typeof value === 'string' ? value : undefined;
    case 'DECIMAL':
      return typeof value === 'string' && fitsDecimal(value, type) ? value : undefined;
    case 'BINARY':
    case 'VARBINARY':
    case 'BYTES':
      return value instanceof Uint8Array ? value : undefined;
    case 'DATE':
      return typeof value === 'string' ? parseDate(value) : undefined;
    case 'TIME':
      return typeof value === 'string' ? parseTime(value) : undefined;
    case 'TIMESTAMP':
      return typeof value === 'string' ? parseTimestamp(value, type.precision > 6 ? 9 : 6) : undefined;
    case 'TIMESTAMP_LTZ':
      return typeof value === 'string' && value.endsWith('Z')
        ? parseTimestamp(value.slice(0, -1), type.precision > 6 ? 9 : 6)
        : undefined;
    case 'ARRAY':
      return Array.isArray(value)
        ? value.map((item, i) => toSqlValue(type.element, item, () => `${where()}, element ${i},`))
        : undefined;
    case 'MAP':
      return value instanceof Map
        ? [...value].map(([k, v]) => [
            toSqlValue(type.key, k, () => `${where()}, a key,`),
            toSqlValue(type.value, v, () => `${where()}, the value of ${shown(k)},`),
          ])
        : undefined;
    case 'ROW':
      return typeof value === 'object' && value !== null ? rowValue(type, value, where) : undefined;
    default:
      return undefined;
  }
}

function rowValue(type: DataType & { kind: 'ROW' }, value: object, where: () => string): SqlValue {
  checkNames(
    value,
    type.fields.map(({ name }) => name),
    where,
  );
  const record = value as Readonly<Record<string, unknown>>;
  return type.fields.map(({ name, type: inner }) =>
    toSqlValue(inner, record[name], () => `${where()}, field '${name}',`),
  );
}

/** @throws {SourceError} VALUE_TYPE for a property that is no column, with near names */
export function checkNames(record: object, names: readonly string[], where: () => string): void {
  for (const name of Object.keys(record)) {
    if (names.includes(name)) continue;
    const near = nearNames(name, names);
    throw new SourceError('VALUE_TYPE', `${where()} has '${name}', which is no column of the schema.`, {
      hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are: ${names.join(', ')}.`,
    });
  }
}

function wholeNumber(value: unknown, bits: number): number | undefined {
  const limit = 2 ** (bits - 1);
  return typeof value === 'number' && Number.isInteger(value) && value >= -limit && value < limit
    ? value
    : undefined;
}

function fitsDecimal(
  text: string,
  { precision, scale }: { readonly precision: number; readonly scale: number },
): boolean {
  const match = /^[+-]?0*(\d*)(?:\.(\d*?)0*)?$/.exec(text);
  return (
    match !== null &&
    /\d/.test(text) &&
    match[1]!.length <= precision - scale &&
    (match[2] ?? '').length <= scale
  );
}

function shown(value: unknown): string {
  const text =
    typeof value === 'string' ? `'${value}'` : typeof value === 'bigint' ? `${value}n` : String(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
