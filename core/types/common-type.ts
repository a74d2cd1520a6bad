/** The type several values share, and which conversions happen without a CAST. */
import type { DataType, TypeKind } from './data-type.js';
import { decimalCommon } from './decimal-type.js';
import { asDecimal, INTEGER_KINDS, isApproximate, isInteger, lengthOf, typeFamily } from './type-family.js';
import { MAX_LENGTH, types, withNullable } from './types.js';

/**
 * The type that CASE, COALESCE, VALUES and set operations give to these types, or null where they share none. It is
 * nullable where one of them is. Text of different lengths becomes VARCHAR; FLOAT with DOUBLE, and TIMESTAMP with
 * TIMESTAMP_LTZ, take the kind that comes first (as Calcite); text and numbers share nothing, nor do DATE and TIMESTAMP.
 */
export function commonType(all: readonly DataType[]): DataType | null {
  let common: DataType | null = null;
  for (const type of all) {
    common = common === null ? type : pair(common, type);
    if (common === null) return null;
  }
  return common;
}

function pair(a: DataType, b: DataType): DataType | null {
  const bare = barePair(a, b);
  return bare && withNullable(bare, a.nullable || b.nullable);
}

function barePair(a: DataType, b: DataType): DataType | null {
  if (a.kind === 'NULL') return withNullable(b, true);
  if (b.kind === 'NULL') return withNullable(a, true);
  const family = typeFamily(a);
  if (family !== typeFamily(b)) return null;
  switch (family) {
    case 'numeric':
      return numericPair(a, b);
    case 'string':
      return textPair(a, b, 'CHAR', types.varchar, types.string);
    case 'binary':
      return textPair(a, b, 'BINARY', types.varbinary, types.bytes);
    case 'time':
    case 'timestamp':
      return datetimePair(a, b);
    default:
      return a.kind === b.kind ? nestedPair(a, b) : null;
  }
}

function numericPair(a: DataType, b: DataType): DataType {
  if (isApproximate(a) && isApproximate(b)) return a;
  if (isApproximate(a)) return isInteger(b) ? a : types.double();
  if (isApproximate(b)) return isInteger(a) ? b : types.double();
  if (isInteger(a) && isInteger(b)) {
    return INTEGER_KINDS.indexOf(a.kind) >= INTEGER_KINDS.indexOf(b.kind) ? a : b;
  }
  return decimalCommon(asDecimal(a)!, asDecimal(b)!);
}

function textPair(
  a: DataType,
  b: DataType,
  fixed: TypeKind,
  varying: (length: number) => DataType,
  unlimited: () => DataType,
): DataType {
  const length = Math.max(lengthOf(a), lengthOf(b));
  if (length === MAX_LENGTH) return unlimited();
  if (a.kind === fixed && b.kind === fixed && lengthOf(a) === lengthOf(b)) return a;
  return varying(length);
}

function datetimePair(a: DataType, b: DataType): DataType | null {
  if (!isTimed(a) || !isTimed(b)) return null;
  return { ...a, precision: Math.max(a.precision, b.precision) };
}

function isTimed(type: DataType): type is DataType & { kind: 'TIME' | 'TIMESTAMP' | 'TIMESTAMP_LTZ' } {
  return type.kind === 'TIME' || type.kind === 'TIMESTAMP' || type.kind === 'TIMESTAMP_LTZ';
}

function nestedPair(a: DataType, b: DataType): DataType | null {
  if (a.kind === 'ARRAY' && b.kind === 'ARRAY') {
    const element = pair(a.element, b.element);
    return element && types.array(element);
  }
  if (a.kind === 'MULTISET' && b.kind === 'MULTISET') {
    const element = pair(a.element, b.element);
    return element && types.multiset(element);
  }
  if (a.kind === 'MAP' && b.kind === 'MAP') {
    const key = pair(a.key, b.key);
    const value = pair(a.value, b.value);
    return key && value && types.map(key, value);
  }
  if (a.kind === 'ROW' && b.kind === 'ROW') {
    if (a.fields.length !== b.fields.length) return null;
    const fields = a.fields.map((field, i) => ({
      name: field.name,
      type: pair(field.type, b.fields[i]!.type),
    }));
    return fields.every((f): f is { name: string; type: DataType } => f.type !== null)
      ? types.row(fields)
      : null;
  }
  return a;
}

/**
 * True where a value of `from` becomes a `to` without a CAST: arguments of functions and columns of INSERT. As
 * Flink's `LogicalTypeCasts.supportsImplicitCast`; nullability is not looked at, NOT NULL is checked on values.
 */
export function implicitlyCastable(from: DataType, to: DataType): boolean {
  if (from.kind === 'NULL') return true;
  switch (to.kind) {
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
      return isInteger(from) && INTEGER_KINDS.indexOf(from.kind) <= INTEGER_KINDS.indexOf(to.kind);
    case 'FLOAT':
      return typeFamily(from) === 'numeric' && from.kind !== 'DOUBLE';
    case 'DOUBLE':
    case 'DECIMAL':
      return typeFamily(from) === 'numeric';
    case 'CHAR':
      return from.kind === 'CHAR';
    case 'BINARY':
      return from.kind === 'BINARY';
    case 'DATE':
      return from.kind === 'DATE' || from.kind === 'TIMESTAMP';
    case 'TIME':
      return from.kind === 'TIME' || from.kind === 'TIMESTAMP';
    case 'ARRAY':
      return from.kind === 'ARRAY' && implicitlyCastable(from.element, to.element);
    case 'MULTISET':
      return from.kind === 'MULTISET' && implicitlyCastable(from.element, to.element);
    case 'MAP':
      return (
        from.kind === 'MAP' &&
        implicitlyCastable(from.key, to.key) &&
        implicitlyCastable(from.value, to.value)
      );
    case 'ROW':
      return (
        from.kind === 'ROW' &&
        from.fields.length === to.fields.length &&
        from.fields.every((field, i) => implicitlyCastable(field.type, to.fields[i]!.type))
      );
    default:
      return typeFamily(from) === typeFamily(to);
  }
}
