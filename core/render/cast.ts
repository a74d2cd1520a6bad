/** CAST and TRY_CAST as Flink means them: numbers wrap or truncate, text that does not fit fails the job (or gives NULL). */

import { PlanError } from '../errors.js';
import { folded } from '../functions/builtins/integer-overflow.js';
import type { RenderFailure } from '../functions/scalar-function.js';
import { toDuckDbType } from '../types/arrow-type.js';
import { castable } from '../types/castable.js';
import type { DataType } from '../types/data-type.js';
import { sameType } from '../types/same-type.js';
import type { IntegerKind } from '../types/type-family.js';
import {
  asDecimal,
  INTEGER_KINDS,
  isApproximate,
  isInteger,
  lengthOf,
  typeFamily,
} from '../types/type-family.js';
import { typeToText } from '../types/type-text.js';
import { castFromText } from './cast-from-text.js';
import { castToText } from './cast-to-text.js';
import type { TimedType } from './precision.js';
import { truncated } from './precision.js';
import { castTo, operand, quoteIdentifier } from './sql-text.js';

/**
 * DuckDB SQL that converts `sql` of type `from`; its DuckDB type is exactly that of `to`.
 * @param failure what text that does not fit gives; null for TRY_CAST: NULL
 * @throws {PlanError} where the pair is not `castable`; the binder says so with the place.
 */
export function renderCast(sql: string, from: DataType, to: DataType, failure: RenderFailure | null): string {
  const target = toDuckDbType(to);
  if (from.kind === 'NULL') return castTo('NULL', target);
  if (sameType(from, to, 'ignore')) return sql;
  if (!castable(from, to)) {
    throw new PlanError('PLAN_CAST', `CAST from ${typeToText(from)} to ${typeToText(to)} is not supported.`);
  }
  const family = typeFamily(to);
  if (family === 'string') return fitted(castToText(sql, from), textLength(from), to);
  if (typeFamily(from) === 'string') {
    return family === 'binary' ? fittedBytes(`encode(${sql})`, from, to) : castFromText(sql, to, failure);
  }
  switch (family) {
    case 'numeric':
      return toNumber(sql, from, to, failure);
    case 'boolean':
      return `${operand(sql)} <> 0`;
    case 'timestamp':
      return toTimestamp(sql, from, to as TimedType);
    case 'time':
      return toTime(sql, from, to as TimedType);
    case 'array':
    case 'multiset':
    case 'map':
    case 'row':
      return castNested(sql, from, to, failure);
    case 'binary':
      return fittedBytes(sql, from, to);
    default:
      return toDuckDbType(from) === target ? sql : castTo(sql, target);
  }
}

/** The longest text of a type that is text already; numbers and the like are cut where the target is short. */
function textLength(from: DataType): number | null {
  return typeFamily(from) === 'string' ? lengthOf(from) : null;
}

function fitted(sql: string, longest: number | null, to: DataType): string {
  if (to.kind === 'CHAR') return `rpad(${sql}, ${to.length}, ' ')`;
  if (to.kind === 'VARCHAR' && (longest === null || longest > to.length)) return `left(${sql}, ${to.length})`;
  return sql;
}

/** BINARY(n) is cut or filled with zeros, VARBINARY(n) cut. */
function fittedBytes(sql: string, from: DataType, to: DataType): string {
  if (to.kind !== 'BINARY' && to.kind !== 'VARBINARY') return sql;
  const longest = from.kind === 'BINARY' || from.kind === 'VARBINARY' ? from.length : null;
  if (to.kind === 'VARBINARY' && longest !== null && longest <= to.length) return sql;
  const digits = `left(hex(${sql}), ${2 * to.length})`;
  return `unhex(${to.kind === 'BINARY' ? `rpad(${digits}, ${2 * to.length}, '0')` : digits})`;
}

function toNumber(sql: string, from: DataType, to: DataType, failure: RenderFailure | null): string {
  const target = toDuckDbType(to);
  const cast = failure === null ? 'TRY_CAST' : 'CAST';
  if (isInteger(to)) return toInteger(sql, from, to);
  if (from.kind === 'DOUBLE' && to.kind === 'FLOAT') return nearestFloat(sql);
  if (to.kind !== 'DECIMAL')
    return from.kind === 'BOOLEAN' ? castTo(castTo(sql, 'INTEGER'), target) : castTo(sql, target);
  // More digits before the point than the type has are NULL, in CAST too; where there can be no NULL, they fail.
  const room = to.precision - to.scale;
  const exactly = asDecimal(from);
  const fits =
    exactly !== null && exactly.precision - exactly.scale < room + (exactly.scale <= to.scale ? 1 : 0);
  if (from.kind === 'BOOLEAN') return `${cast}(${castTo(sql, 'INTEGER')} AS ${target})`;
  // The decimal digits of a DOUBLE are those it prints, not those of its binary value.
  const exact = isApproximate(from) ? castTo(castTo(sql, 'DOUBLE'), 'VARCHAR') : sql;
  return `${failure !== null && (fits || !from.nullable) ? 'CAST' : 'TRY_CAST'}(${exact} AS ${target})`;
}

/** A DOUBLE beyond FLOAT is an infinity, as on the JVM; DuckDB refuses it. */
function nearestFloat(sql: string): string {
  const infinity = castTo(`sign(${sql}) * 'Infinity'::DOUBLE`, 'FLOAT');
  return `coalesce(TRY_CAST(${sql} AS FLOAT), ${infinity})`;
}

type IntegerType = DataType & { readonly kind: IntegerKind };

const widthOf = (type: IntegerType): number => INTEGER_KINDS.indexOf(type.kind);

function toInteger(sql: string, from: DataType, to: IntegerType): string {
  const target = toDuckDbType(to);
  if (from.kind === 'BOOLEAN') return castTo(sql, target);
  if (isInteger(from))
    return widthOf(from) <= widthOf(to) ? castTo(sql, target) : folded(castTo(sql, 'HUGEINT'), to);
  if (from.kind === 'DECIMAL') {
    const whole = `trunc(${sql})`;
    return from.precision - from.scale <= DIGITS_THAT_FIT[to.kind]
      ? castTo(whole, target)
      : folded(castTo(whole, 'HUGEINT'), to);
  }
  return saturated(sql, to);
}

const DIGITS_THAT_FIT: Readonly<Record<IntegerKind, number>> = {
  TINYINT: 2,
  SMALLINT: 4,
  INT: 9,
  BIGINT: 18,
};

/** The JVM's conversion of floating point: NaN is 0, what is too large is the largest INT or BIGINT; narrower kinds keep the low bits. */
function saturated(sql: string, to: IntegerType): string {
  const wide = to.kind === 'BIGINT' ? 'BIGINT' : 'INTEGER';
  const [least, most] =
    wide === 'BIGINT' ? ['-9223372036854775808', '9223372036854775807'] : ['-2147483648', '2147483647'];
  const value = operand(sql);
  const number =
    `CASE WHEN isnan(${value}) THEN 0 WHEN ${value} >= ${most} THEN ${most} ` +
    `WHEN ${value} <= ${least} THEN ${least} ELSE ${castTo(`trunc(${sql})`, wide)} END`;
  return to.kind === 'INT' || to.kind === 'BIGINT'
    ? castTo(number, wide)
    : folded(castTo(number, 'BIGINT'), to);
}

function toTimestamp(sql: string, from: DataType, to: TimedType): string {
  const target = toDuckDbType(to);
  if (from.kind === 'DATE') return castTo(sql, target);
  if (from.kind === 'TIME') return castTo(`DATE '1970-01-01' + ${operand(sql)}`, target);
  const source = from as TimedType;
  const shortened = truncated(sql, source.kind, source.precision, to.precision);
  return toDuckDbType(from) === target ? shortened : castTo(shortened, target);
}

function toTime(sql: string, from: DataType, to: TimedType): string {
  const time = from.kind === 'TIME' ? sql : castTo(sql, 'TIME');
  return truncated(time, 'TIME', (from as TimedType).precision, to.precision);
}

/** Element by element; a NULL collection stays NULL. */
function castNested(sql: string, from: DataType, to: DataType, failure: RenderFailure | null): string {
  if (toDuckDbType(from) === toDuckDbType(to) && !changesText(from, to)) return sql;
  if (from.kind === 'ARRAY' && to.kind === 'ARRAY') {
    return `list_transform(${sql}, lambda e: ${renderCast('e', from.element, to.element, failure)})`;
  }
  if (from.kind === 'ROW' && to.kind === 'ROW') {
    const base = operand(sql);
    const fields = to.fields.map((field, i) => {
      const source = from.fields[i]!;
      return `${quoteIdentifier(field.name)} := ${renderCast(`${base}.${quoteIdentifier(source.name)}`, source.type, field.type, failure)}`;
    });
    return `CASE WHEN ${base} IS NOT NULL THEN struct_pack(${fields.join(', ')}) END`;
  }
  const [keyFrom, valueFrom] = entryTypes(from);
  const [keyTo, valueTo] = entryTypes(to);
  const key = renderCast('entry_.key', keyFrom, keyTo, failure);
  const value = renderCast('entry_.value', valueFrom, valueTo, failure);
  return `map_from_entries(list_transform(map_entries(${sql}), lambda entry_: struct_pack(k := ${key}, v := ${value})))`;
}

const COUNT: DataType = { kind: 'INT', nullable: false };

function entryTypes(type: DataType): [DataType, DataType] {
  if (type.kind === 'MAP') return [type.key, type.value];
  return [type.kind === 'MULTISET' ? type.element : type, COUNT];
}

/** True where types that are one in DuckDB differ in length or precision somewhere. */
function changesText(from: DataType, to: DataType): boolean {
  const widens = (a: DataType, b: DataType): boolean => {
    if (a.kind === 'ARRAY' && b.kind === 'ARRAY') return widens(a.element, b.element);
    if (a.kind === 'MULTISET' && b.kind === 'MULTISET') return widens(a.element, b.element);
    if (a.kind === 'MAP' && b.kind === 'MAP') return widens(a.key, b.key) && widens(a.value, b.value);
    if (a.kind === 'ROW' && b.kind === 'ROW')
      return a.fields.every((f, i) => widens(f.type, b.fields[i]!.type));
    if (typeFamily(a) === 'string') return b.kind !== 'CHAR' && lengthOf(a) <= lengthOf(b);
    if (typeFamily(a) === 'binary')
      return b.kind === 'BINARY' ? a.kind === 'BINARY' && a.length === b.length : lengthOf(a) <= lengthOf(b);
    return !('precision' in a && 'precision' in b) || a.kind === 'DECIMAL' || a.precision <= b.precision;
  };
  return !widens(from, to);
}
