/** Constants as arguments of calls: the JSON encoding of results (numbers, texts, `{"$bytes": base64}`). */

import type { DataType } from '../types/data-type.js';
import type { LiteralValue } from './expression.js';

/** True where a constant can travel in the stage's description; others are shipped as a column. */
export function isWireLiteral(type: DataType, value: LiteralValue): boolean {
  if (value === null) return true;
  switch (type.kind) {
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
      return true;
    case 'FLOAT':
    case 'DOUBLE':
      return Number.isFinite(Number(value));
    case 'BOOLEAN':
    case 'CHAR':
    case 'VARCHAR':
    case 'STRING':
    case 'DECIMAL':
    case 'BINARY':
    case 'VARBINARY':
    case 'BYTES':
    case 'INTERVAL_YEAR_MONTH':
    case 'INTERVAL_DAY_TIME':
      return true;
    case 'DATE':
      return isPythonDate(value);
    // A function over vectors sees the nanoseconds of a column, which Python's own classes do not have.
    case 'TIMESTAMP':
      return type.precision <= 6 && isPythonDate(value);
    case 'TIME':
      return type.precision <= 6;
    default:
      return false;
  }
}

/** Years 1 to 9999, which Python's dates have. */
function isPythonDate(value: LiteralValue): boolean {
  return /^(?!0000)\d{4}-\d\d-\d\d/.test(String(value));
}

/** The encoding of a constant for which `isWireLiteral` holds. */
export function wireLiteral(type: DataType, value: LiteralValue): unknown {
  if (value === null) return null;
  switch (type.kind) {
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
    case 'INTERVAL_YEAR_MONTH':
    case 'INTERVAL_DAY_TIME':
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    case 'FLOAT':
    case 'DOUBLE':
      return Number(value);
    case 'BINARY':
    case 'VARBINARY':
    case 'BYTES':
      return { $bytes: Buffer.from(String(value), 'hex').toString('base64') };
    case 'BOOLEAN':
      return value;
    default:
      return String(value);
  }
}
