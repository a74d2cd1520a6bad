/** Constants of a plan as values. */
import { parseTimestamp } from '../batch/parse-date-time.js';
import type { SqlValue } from '../batch/value.js';
import type { LiteralValue } from '../plan/expression.js';
import type { DataType } from '../types/data-type.js';

/** Undefined for types whose constants are not read here. */
export function literalValue(type: DataType, value: LiteralValue): SqlValue | undefined {
  if (value === null) return null;
  switch (type.kind) {
    case 'BOOLEAN':
    case 'CHAR':
    case 'VARCHAR':
    case 'STRING':
    case 'DECIMAL':
      return value;
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'FLOAT':
    case 'DOUBLE':
    case 'INTERVAL_YEAR_MONTH':
      return Number(value);
    case 'BIGINT':
    case 'INTERVAL_DAY_TIME':
      return BigInt(value);
    case 'TIMESTAMP':
      return type.precision > 6 ? undefined : parseTimestamp(String(value), 6);
    default:
      return undefined;
  }
}
