/** JavaScript values of SQL columns, as types: what a record holds, what a literal may be, which operators fit. */

/** A DATE, `2001-01-31`. */
export type SqlDate = `${number}-${number}-${number}`;
/** A TIME, `23:59:59.5`. */
export type SqlTime = `${number}:${number}:${number}`;
/** A TIMESTAMP without time zone, `2001-01-31 23:59:59.123456`: exact, unlike a `Date`. */
export type SqlTimestamp = `${SqlDate} ${SqlTime}`;
/** A TIMESTAMP_LTZ, a point in time, written in UTC: `2001-01-31 23:59:59Z`. */
export type SqlInstant = `${SqlTimestamp}Z`;
/** A DECIMAL as text with its scale, `1.50`: exact, unlike a `number`. */
export type SqlDecimal = `${number}`;

/** Kinds of values that share operators; NULL is a kind of its own, so that nullability is part of a column's kind. */
export type KindOf<V> = V extends null
  ? 'null'
  : V extends boolean
    ? { boolean: true }
    : V extends number
      ? { number: true }
      : V extends bigint
        ? { bigint: true }
        : V extends string
          ? TextKind<V>
          : V extends Uint8Array
            ? { bytes: true }
            : unknown;

type TextKind<V extends string> = string extends V
  ? { text: true }
  : V extends SqlInstant
    ? { instant: true }
    : V extends SqlTimestamp
      ? { timestamp: true }
      : V extends SqlDate
        ? { date: true }
        : V extends SqlTime
          ? { time: true }
          : V extends SqlDecimal
            ? { decimal: true }
            : { text: true };

/** Values that add, subtract and multiply. BIGINT and DOUBLE do not mix, as in JavaScript: `cast` one of them. */
export type Numeric = number | bigint | SqlDecimal;

/** Values that have an order. */
export type Ordered = Numeric | string | SqlDate | SqlTime | SqlTimestamp | SqlInstant;

/** What may stand for a column of `V` as it is; dates, times and decimals are written with `date('…')` and its like. */
export type LiteralOf<V> = V extends boolean
  ? boolean
  : V extends number
    ? number
    : V extends bigint
      ? bigint
      : V extends Uint8Array
        ? Uint8Array
        : KindOf<V> extends { text: true }
          ? string
          : never;

/** What a record given to `fromRecords` may hold for a column of `V`: text is checked when it is read. */
export type InputOf<V> = V extends string ? string : V;
