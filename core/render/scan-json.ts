/** JSON files, one object a line, as Flink's json format reads them: fields by name, missing ones NULL. */
import { toDuckDbType } from '../types/arrow-type.js';
import type { Column, DataType } from '../types/data-type.js';
import { typeFamily } from '../types/type-family.js';
import type { JsonOptions } from './options.js';
import { truncated } from './precision.js';
import type { FileScanSource } from './scan-files.js';
import { fileColumns, readerCall, typedSelect } from './scan-files.js';
import { castTo, quoteIdentifier, quoteString } from './sql-text.js';

/** Digits of a number that survive DuckDB's JSON parser, which reads fractions as DOUBLE. */
const EXACT_DIGITS = 15;

/** FROM text of a JSON scan. */
export function renderJsonScan(source: FileScanSource, options: JsonOptions): string {
  const read = fileColumns(source.table).filter((column) => source.columns.includes(column.name));
  const wide = read.some(({ type }) => type.kind === 'DECIMAL' && type.precision > EXACT_DIGITS);
  if (wide || options.ignoreParseErrors) return fromObjects(source, read, options);
  const columns = read.map((c) => `${quoteString(c.name)}: ${quoteString(plainType(c.type))}`).join(', ');
  const layout = columns === '' ? "{'_': 'VARCHAR'}" : `{${columns}}`;
  const reader = readerCall('read_json', source, ["format = 'newline_delimited'", `columns = ${layout}`]);
  return typedSelect(source, reader, (name, type) => {
    const field = quoteIdentifier(name);
    return value(type.kind === 'DECIMAL' ? castTo(field, toDuckDbType(type)) : field, type);
  });
}

/**
 * From the text of each object: for digits beyond a DOUBLE, and to leave out what is no JSON. Scalars are taken as text
 * and cast, so that what does not fit fails, or is NULL where errors are ignored.
 */
function fromObjects(source: FileScanSource, read: readonly Column[], options: JsonOptions): string {
  const layout = JSON.stringify(
    Object.fromEntries(read.map((c) => [c.name, isNested(c.type) ? readType(c.type) : 'VARCHAR'])),
  );
  const objects = readerCall(
    'read_ndjson_objects',
    source,
    options.ignoreParseErrors ? ['ignore_errors = true'] : [],
  );
  const partitions = source.table.partitionedBy.map((name) => `, ${quoteIdentifier(name)}`).join('');
  const fields = `from_json(json, ${quoteString(layout)}) AS fields${partitions}`;
  const lines = options.ignoreParseErrors ? objectsOf(objects, partitions) : objects;
  const rows = `(SELECT json, ${fields} FROM ${lines} WHERE json IS NOT NULL)`;
  const cast = options.ignoreParseErrors ? 'TRY_CAST' : 'CAST';
  return typedSelect(source, rows, (name, type) => {
    const field = `fields.${quoteIdentifier(name)}`;
    if (isNested(type)) return field;
    const wide = type.kind === 'DECIMAL' && type.precision > EXACT_DIGITS;
    const text = wide ? exactText(field, name) : field;
    return value(`${cast}(${text} AS ${readType(type)})`, type);
  });
}

/** The objects of a line, several in an array; what is none is left out, as what is no JSON. */
function objectsOf(lines: string, partitions: string): string {
  const values = `CASE json_type(json) WHEN 'ARRAY' THEN json_extract(json, '$[*]') ELSE [json] END`;
  return `(SELECT * FROM (SELECT unnest(${values}) AS json${partitions} FROM ${lines}) WHERE json_type(json) = 'OBJECT')`;
}

function isNested(type: DataType): boolean {
  return ['array', 'map', 'multiset', 'row'].includes(typeFamily(type));
}

/** The number as written, found in the object's text; believed only where it is the number that the parser found. */
function exactText(field: string, name: string): string {
  const key = JSON.stringify(name).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const written = `regexp_extract(json, ${quoteString(`${key}\\s*:\\s*(-?[0-9][0-9.eE+-]*)`)}, 1)`;
  return `CASE WHEN TRY_CAST(${written} AS DOUBLE) = TRY_CAST(${field} AS DOUBLE) THEN ${written} ELSE ${field} END`;
}

/** A DECIMAL is taken as text: as a number it would be rounded twice. */
function plainType(type: DataType): string {
  return type.kind === 'DECIMAL' ? 'VARCHAR' : readType(type);
}

function readType(type: DataType): string {
  return typeFamily(type) === 'binary' ? 'VARCHAR' : toDuckDbType(type);
}

function value(sql: string, type: DataType): string {
  switch (type.kind) {
    case 'BINARY':
    case 'VARBINARY':
    case 'BYTES':
      return `from_base64(${sql})`;
    case 'TIME':
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return truncated(sql, type.kind, 9, type.precision);
    default:
      return sql;
  }
}
