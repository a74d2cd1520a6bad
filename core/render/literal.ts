/** Constants as DuckDB SQL. */
import { InternalError } from '../errors.js';
import type { LiteralValue } from '../plan/expression.js';
import { toDuckDbType } from '../types/arrow-type.js';
import type { DataType } from '../types/data-type.js';
import { castTo, quoteString } from './sql-text.js';

/**
 * A constant of a type; its form in plans is described at `LiteralValue`. Small integers, booleans and text are bare,
 * everything else carries its type.
 */
export function renderLiteral(value: LiteralValue, type: DataType): string {
  const duckDb = toDuckDbType(type);
  if (value === null) return type.kind === 'NULL' ? 'NULL' : castTo('NULL', duckDb);
  switch (type.kind) {
    case 'BOOLEAN':
      return value === true || value === 'true' ? 'TRUE' : 'FALSE';
    case 'INT':
    case 'BIGINT':
      return integer(value, type.kind);
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTERVAL_YEAR_MONTH':
    case 'INTERVAL_DAY_TIME':
      return castTo(String(value), duckDb);
    case 'DECIMAL':
      return decimal(String(value), type.precision, type.scale) ?? castTo(quoteString(String(value)), duckDb);
    case 'DOUBLE':
      return double(String(value)) ?? castTo(quoteString(String(value)), duckDb);
    case 'FLOAT':
      return castTo(quoteString(String(value)), duckDb);
    case 'CHAR':
    case 'VARCHAR':
    case 'STRING':
      return quoteString(String(value));
    case 'BINARY':
    case 'VARBINARY':
    case 'BYTES':
      return `from_hex(${quoteString(String(value))})`;
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return castTo(quoteString(String(value)), duckDb);
    default:
      throw new InternalError('INTERNAL', `A literal cannot have the type ${type.kind}.`);
  }
}

/** DuckDB reads a bare number as INTEGER where it fits. */
function integer(value: LiteralValue, kind: 'INT' | 'BIGINT'): string {
  const text = String(value);
  const fitsInt = BigInt(text) >= -2147483648n && BigInt(text) <= 2147483647n;
  if (kind === 'INT') return text;
  return fitsInt ? castTo(text, 'BIGINT') : text;
}

/** A bare number, where DuckDB gives it this very type: it counts the digits that are written. */
function decimal(text: string, precision: number, scale: number): string | null {
  const match = /^-?(\d+)\.(\d+)$/.exec(text);
  if (match === null) return null;
  const [, whole = '', fraction = ''] = match;
  return fraction.length === scale && whole.length + fraction.length === precision ? text : null;
}

/** A number with an exponent is a DOUBLE to DuckDB. */
function double(text: string): string | null {
  if (/^-?\d+(\.\d+)?$/.test(text)) return `${text}e0`;
  return /^-?\d+(\.\d+)?e[+-]?\d+$/i.test(text) ? text : null;
}
