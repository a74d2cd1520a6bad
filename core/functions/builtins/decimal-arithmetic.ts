/** DECIMAL as unscaled HUGEINT and back, for what DuckDB computes as DOUBLE. */
import { castTo, operand } from '../../render/sql-text.js';
import { toDuckDbType } from '../../types/arrow-type.js';
import type { DataType } from '../../types/data-type.js';
import type { DecimalShape } from '../../types/decimal-type.js';
import { MAX_DECIMAL_PRECISION } from '../../types/types.js';

export type DecimalType = DataType & { readonly kind: 'DECIMAL' };

/** `value · 10^digits` as HUGEINT, where `digits` is at least the scale. Constants are computed here. */
export function unscaled(sql: string, shape: DecimalShape, digits: number): string {
  if (/^\d+$/.test(sql)) return `${BigInt(sql) * 10n ** BigInt(digits)}::HUGEINT`;
  const whole = withoutPoint(sql, shape);
  return digits === shape.scale ? whole : `${whole} * ${10n ** BigInt(digits - shape.scale)}::HUGEINT`;
}

/** The digits of the value without the point. Where the shifted value may not fit DECIMAL(38), they are taken from its text. */
function withoutPoint(sql: string, { precision, scale }: DecimalShape): string {
  if (scale === 0) return castTo(sql, 'HUGEINT');
  return precision + scale <= MAX_DECIMAL_PRECISION
    ? castTo(`${operand(sql)} * ${10n ** BigInt(scale)}::HUGEINT`, 'HUGEINT')
    : castTo(`replace(${castTo(sql, 'VARCHAR')}, '.', '')`, 'HUGEINT');
}

/** The DECIMAL whose unscaled value is `sql`. */
export function scaledDown(sql: string, type: DecimalType): string {
  if (type.scale === 0) return castTo(sql, toDuckDbType(type));
  const unit = `0.${'0'.repeat(type.scale - 1)}1::DECIMAL(${type.scale}, ${type.scale})`;
  const whole = castTo(sql, `DECIMAL(${MAX_DECIMAL_PRECISION}, 0)`);
  return castTo(`${whole} * ${unit}`, toDuckDbType(type));
}
