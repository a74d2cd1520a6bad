/** Arrow types that a program may hand in → SQL types; the other direction is in core. */

import * as arrow from 'apache-arrow';
import { type DataType as ArrowType, DateUnit, type Schema, TimeUnit, Type } from 'apache-arrow';
import { type Column, type DataType, PlanError, type RowField, types } from '../../core/index.js';
import type { SqlDate, SqlDecimal, SqlTime } from './values.js';

/** The columns of an Arrow schema. @throws {PlanError} ARROW_TYPE for a type without a SQL type of the same values */
export function columnsOfArrow(schema: Schema): Column[] {
  return schema.fields.map(({ name, type, nullable }) => ({
    name,
    type: { ...sqlType(name, type), nullable },
  }));
}

/** The record of an Arrow table's rows, where its types are known to the compiler. */
export type RecordOfArrow<T extends arrow.TypeMap> = { -readonly [K in keyof T]: ValueOfArrow<T[K]> | null };

type ValueOfArrow<T> = T extends arrow.Bool
  ? boolean
  : T extends arrow.Int64
    ? bigint
    : T extends arrow.Int | arrow.Float
      ? number
      : T extends arrow.Utf8 | arrow.LargeUtf8
        ? string
        : T extends arrow.Binary
          ? Uint8Array
          : T extends arrow.Decimal
            ? SqlDecimal
            : T extends arrow.Date_
              ? SqlDate
              : T extends arrow.Time
                ? SqlTime
                : T extends arrow.Dictionary<infer V>
                  ? ValueOfArrow<V>
                  : unknown;

function sqlType(column: string, type: ArrowType): DataType {
  const nested = (field: arrow.Field): DataType => ({ ...sqlType(column, field.type), nullable: true });
  if (arrow.DataType.isDictionary(type)) return sqlType(column, type.dictionary);
  if (arrow.DataType.isBool(type)) return types.boolean();
  if (arrow.DataType.isInt(type) && type.isSigned) return INTEGERS[type.bitWidth]();
  if (arrow.DataType.isFloat(type) && type.precision > 0)
    return type.precision === 1 ? types.float() : types.double();
  if (arrow.DataType.isDecimal(type) && type.bitWidth === 128)
    return types.decimal(type.precision, type.scale);
  if (arrow.DataType.isUtf8(type) || type.typeId === Type.LargeUtf8) return types.string();
  if (arrow.DataType.isBinary(type)) return types.bytes();
  if (arrow.DataType.isDate(type)) return types.date();
  if (arrow.DataType.isTime(type) && type.unit !== TimeUnit.NANOSECOND) return types.time(DIGITS[type.unit]);
  if (arrow.DataType.isTimestamp(type)) {
    const digits = DIGITS[type.unit];
    return type.timezone == null ? types.timestamp(digits) : types.timestampLtz(digits);
  }
  if (arrow.DataType.isList(type)) return types.array(nested(type.children[0]!));
  if (arrow.DataType.isStruct(type)) {
    return types.row(type.children.map((field): RowField => ({ name: field.name, type: nested(field) })));
  }
  throw new PlanError(
    'ARROW_TYPE',
    `Column '${column}' has the Arrow type ${type}, which no SQL type here holds.`,
    {
      hint: 'Cast it first: unsigned integers to the next wider signed one, LargeBinary to Binary.',
    },
  );
}

const INTEGERS = { 8: types.tinyint, 16: types.smallint, 32: types.int, 64: types.bigint } as const;
/** Digits after the second, by Arrow's unit. */
const DIGITS: Readonly<Record<TimeUnit, number>> = {
  [TimeUnit.SECOND]: 0,
  [TimeUnit.MILLISECOND]: 3,
  [TimeUnit.MICROSECOND]: 6,
  [TimeUnit.NANOSECOND]: 9,
};

/** How many wire units one unit of a date or time is: its values are multiplied; null where it is the wire's own. */
export function unitFactor(from: ArrowType, to: ArrowType): bigint | null {
  const both = (test: (type: ArrowType) => boolean) => test(from) && test(to);
  if (both(arrow.DataType.isTimestamp) || both(arrow.DataType.isTime)) {
    const digits = (type: ArrowType) => DIGITS[(type as arrow.Timestamp).unit];
    const factor = 10n ** BigInt(digits(to) - digits(from));
    return factor === 1n ? null : factor;
  }
  return null;
}

/** True for a date in milliseconds, which the wire has in days. */
export function isDateInMilliseconds(type: ArrowType): boolean {
  return arrow.DataType.isDate(type) && type.unit === DateUnit.MILLISECOND;
}
