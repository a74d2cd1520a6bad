/** Parts, rounding, text and current values of dates and times. Arithmetic is in `interval.ts`. */
import { castFromText } from '../../render/cast-from-text.js';
import { truncated } from '../../render/precision.js';
import { castTo, operand, quoteString } from '../../render/sql-text.js';
import { toDuckDbType } from '../../types/arrow-type.js';
import type { DataType } from '../../types/data-type.js';
import { isInteger } from '../../types/type-family.js';
import { types } from '../../types/types.js';
import { define } from '../define.js';
import {
  constantInt,
  datetime,
  integer,
  interval,
  keyword,
  numeric,
  optional,
  text,
  time,
  timeOrDatetime,
  timestamp,
} from '../parameter.js';
import type { RenderCall, ScalarFunction } from '../scalar-function.js';
import { namesADay, toStrftime, toStrptime } from './datetime-format.js';
import { hostCall } from './host-call.js';

/** DuckDB SQL of a part; `x` is an operand. */
const PARTS: Readonly<Record<string, (x: string) => string>> = {
  YEAR: (x) => `year(${x})`,
  QUARTER: (x) => `quarter(${x})`,
  MONTH: (x) => `month(${x})`,
  WEEK: (x) => `week(${x})`,
  DAY: (x) => `day(${x})`,
  DOY: (x) => `dayofyear(${x})`,
  DOW: (x) => `dayofweek(${x}) + 1`,
  ISODOW: (x) => `isodow(${x})`,
  ISOYEAR: (x) => `isoyear(${x})`,
  HOUR: (x) => `hour(${x})`,
  MINUTE: (x) => `minute(${x})`,
  SECOND: (x) => `second(${x})`,
  MILLISECOND: (x) => `millisecond(${x}) % 1000`,
  MICROSECOND: (x) => `microsecond(${x}) % 1000000`,
  NANOSECOND: (x) => `microsecond(${x}) % 1000000 * 1000`,
  EPOCH: (x) => castTo(`floor(epoch(${x}))`, 'BIGINT'),
  DECADE: (x) => `decade(${x})`,
  CENTURY: (x) => `century(${x})`,
  MILLENNIUM: (x) => `millennium(${x})`,
};

const TIME_PARTS = ['HOUR', 'MINUTE', 'SECOND', 'MILLISECOND', 'MICROSECOND', 'NANOSECOND'];

const partOf = (unit: string, sql: string): string => PARTS[unit]!(sql);

const extract = define({
  id: 'EXTRACT',
  parameters: [keyword('UNIT', Object.keys(PARTS)), timeOrDatetime],
  result: ([, value], [unit]) =>
    value!.kind === 'TIME' && !TIME_PARTS.includes(String(unit?.literal)) ? null : types.bigint(),
  render: ([, value], { literals: [unit] }) => partOf(String(unit), value!),
});

/** An interval is a number of months, or of milliseconds; its parts go round where a larger unit has them. */
const INTERVAL_PARTS: Readonly<
  Record<string, { readonly of: DataType['kind']; readonly sql: (x: string) => string }>
> = {
  YEAR: { of: 'INTERVAL_YEAR_MONTH', sql: (x) => `${x} // 12` },
  QUARTER: { of: 'INTERVAL_YEAR_MONTH', sql: (x) => `${x} % 12 // 3 + 1` },
  MONTH: { of: 'INTERVAL_YEAR_MONTH', sql: (x) => `${x} % 12` },
  DAY: { of: 'INTERVAL_DAY_TIME', sql: (x) => `${x} // 86400000` },
  HOUR: { of: 'INTERVAL_DAY_TIME', sql: (x) => `${x} % 86400000 // 3600000` },
  MINUTE: { of: 'INTERVAL_DAY_TIME', sql: (x) => `${x} % 3600000 // 60000` },
  SECOND: { of: 'INTERVAL_DAY_TIME', sql: (x) => `${x} % 60000 // 1000` },
  MILLISECOND: { of: 'INTERVAL_DAY_TIME', sql: (x) => `${x} % 1000` },
};

const extractFromInterval = define({
  id: 'EXTRACT_INTERVAL',
  names: ['EXTRACT'],
  parameters: [keyword('UNIT', Object.keys(INTERVAL_PARTS)), interval],
  result: ([, value], [unit]) =>
    value!.kind === INTERVAL_PARTS[String(unit?.literal)]?.of ? types.bigint() : null,
  render: ([, value], { literals: [unit] }) =>
    castTo(INTERVAL_PARTS[String(unit)]!.sql(operand(value!)), 'BIGINT'),
});

const part = (name: string, unit: string): ScalarFunction =>
  define({
    id: name,
    parameters: [TIME_PARTS.includes(unit) ? timeOrDatetime : datetime],
    result: types.bigint(),
    render: ([value]) => partOf(unit, value!),
  });

/** Units of FLOOR and CEIL with the DuckDB interval of one of them. */
const STEPS: Readonly<Record<string, string>> = {
  MILLENNIUM: 'INTERVAL 1000 YEAR',
  CENTURY: 'INTERVAL 100 YEAR',
  DECADE: 'INTERVAL 10 YEAR',
  YEAR: 'INTERVAL 1 YEAR',
  QUARTER: 'INTERVAL 3 MONTH',
  MONTH: 'INTERVAL 1 MONTH',
  WEEK: 'INTERVAL 7 DAY',
  DAY: 'INTERVAL 1 DAY',
  HOUR: 'INTERVAL 1 HOUR',
  MINUTE: 'INTERVAL 1 MINUTE',
  SECOND: 'INTERVAL 1 SECOND',
  MILLISECOND: 'INTERVAL 1 MILLISECOND',
};

/** Weeks begin on Sunday here, on Monday in DuckDB; centuries and millennia with their first year, 1901 and 1001. */
function floored(value: string, unit: string): string {
  const shifted = (sql: string, by: string): string =>
    `date_trunc('${unit.toLowerCase()}', ${operand(sql)} ${by})`;
  if (unit === 'WEEK') return `${shifted(value, '+ INTERVAL 1 DAY')} - INTERVAL 1 DAY`;
  if (unit === 'CENTURY' || unit === 'MILLENNIUM')
    return `${shifted(value, '- INTERVAL 1 YEAR')} + INTERVAL 1 YEAR`;
  return `date_trunc('${unit.toLowerCase()}', ${value})`;
}

const rounding = (
  id: string,
  name: string,
  render: (value: string, unit: string) => string,
): ScalarFunction =>
  define({
    id,
    names: name === 'CEIL' ? ['CEIL', 'CEILING'] : [name],
    parameters: [datetime, keyword('UNIT', Object.keys(STEPS))],
    result: ([value]) => value!,
    render: ([value], { literals: [, unit], resultType }) =>
      castTo(render(value!, String(unit)), toDuckDbType(resultType)),
  });

/** A TIME is floored as one of the first day. */
const floorOfTime = define({
  id: 'FLOOR_OF_TIME',
  names: ['FLOOR'],
  parameters: [time, keyword('UNIT', ['HOUR', 'MINUTE', 'SECOND', 'MILLISECOND'])],
  result: ([value]) => value!,
  render: ([value], { literals: [, unit] }) =>
    castTo(floored(`DATE '1970-01-01' + ${operand(value!)}`, String(unit)), 'TIME'),
});

const ceiling = (value: string, unit: string): string => {
  const low = floored(value, unit);
  return `CASE WHEN ${operand(low)} = ${operand(value)} THEN ${low} ELSE ${operand(low)} + ${STEPS[unit]} END`;
};

/** The local timestamp that a text stands for, NULL where it is none; without a pattern in Flink's standard form. */
function parsed(args: readonly string[], pattern: unknown, to: DataType): string {
  const [value, format] = args;
  if (format === undefined) return castFromText(value!, to, null);
  if (to.kind === 'DATE') return castTo(readByPattern(value!, format, pattern, 'parse_date'), 'DATE');
  const read = readByPattern(value!, format, pattern);
  return to.kind === 'TIMESTAMP' ? truncated(read, 'TIMESTAMP', 9, to.precision) : read;
}

/** DuckDB reads what its own format says exactly; the rest, also days beyond the end of a month, is read by Python. */
function readByPattern(
  value: string,
  format: string,
  pattern: unknown,
  reader: 'parse_timestamp' | 'parse_date' = 'parse_timestamp',
): string {
  const slow = `make_timestamp(${hostCall(reader, value, format)})`;
  const fast = typeof pattern === 'string' && namesADay(pattern) ? toStrptime(pattern) : null;
  return fast === null ? slow : `coalesce(try_strptime(${value}, ${quoteString(fast)}), ${slow})`;
}

/** A local timestamp as text; constant patterns with a counterpart are written by DuckDB. */
function format(value: string, sql: string, pattern: unknown): string {
  const fast = typeof pattern === 'string' && pattern !== '' ? toStrftime(pattern) : null;
  return fast === null
    ? hostCall('date_format', castTo(value, 'TIMESTAMP'), sql)
    : `strftime(${value}, ${quoteString(fast)})`;
}

const STANDARD_PATTERN = 'yyyy-MM-dd HH:mm:ss';

/** Seconds since the epoch of a local timestamp; what is no timestamp gives the smallest BIGINT, as in Flink. */
const unixTimestamp: RenderCall = (args, { literals: [, pattern] }) => {
  const [value, format] = args;
  const known = format === undefined ? STANDARD_PATTERN : pattern;
  const read = readByPattern(value!, format ?? quoteString(STANDARD_PATTERN), known, 'parse_date');
  const local = truncated(read, 'TIMESTAMP', 9, 0);
  const seconds = castTo(`epoch(${castTo(local, 'TIMESTAMP WITH TIME ZONE')})`, 'BIGINT');
  return `CASE WHEN ${operand(value!)} IS NOT NULL THEN coalesce(${seconds}, -9223372036854775808) END`;
};

/** Numbers since 1970, of seconds or of fractions of a second; text by a pattern, in the local or a named zone. */
const toTimestampLtz: readonly ScalarFunction[] = [
  define({
    id: 'TO_TIMESTAMP_LTZ',
    parameters: [numeric, optional(constantInt)],
    result: (_, [, digits]) => {
      const precision = digits === undefined ? 3 : Number(digits.literal);
      return precision < 0 || precision > 6 ? null : types.timestampLtz(Math.max(3, precision));
    },
    nulls: 'always',
    render: ([value], { literals: [, digits = 3], argumentTypes: [type] }) => {
      const whole = isInteger(type!) ? castTo(value!, 'BIGINT') : castTo(`trunc(${value})`, 'BIGINT');
      return `make_timestamptz(${whole} * ${10 ** (6 - Number(digits))})`;
    },
  }),
  define({
    id: 'TO_TIMESTAMP_LTZ_TEXT',
    names: ['TO_TIMESTAMP_LTZ'],
    parameters: [text, optional(text), optional(text)],
    result: types.timestampLtz(3),
    nulls: 'always',
    render: ([value, sql, zone], { literals: [, pattern], failure }) => {
      const local =
        sql === undefined
          ? castFromText(value!, types.timestamp(3), failure)
          : truncated(readByPattern(value!, sql, pattern), 'TIMESTAMP', 9, 3);
      return zone === undefined
        ? castTo(local, 'TIMESTAMP WITH TIME ZONE')
        : `make_timestamptz(${hostCall('zoned_micros', `epoch_us(${local})`, zone)})`;
    },
  }),
];

const current = (id: string, names: readonly string[], result: DataType, sql: string): ScalarFunction =>
  define({ id, names, parameters: [], result, render: () => sql, volatile: true });

const NOW = "date_trunc('millisecond', now())";

/** Entries of this topic. */
export const datetimeFunctions: readonly ScalarFunction[] = [
  extract,
  extractFromInterval,
  part('YEAR', 'YEAR'),
  part('QUARTER', 'QUARTER'),
  part('MONTH', 'MONTH'),
  part('WEEK', 'WEEK'),
  part('DAYOFYEAR', 'DOY'),
  part('DAYOFMONTH', 'DAY'),
  part('DAYOFWEEK', 'DOW'),
  part('HOUR', 'HOUR'),
  part('MINUTE', 'MINUTE'),
  part('SECOND', 'SECOND'),
  rounding('FLOOR_TIME', 'FLOOR', floored),
  rounding('CEIL_TIME', 'CEIL', ceiling),
  floorOfTime,
  define({
    id: 'TO_TIMESTAMP',
    parameters: [text, optional(text)],
    result: types.timestamp(3),
    nulls: 'always',
    render: (args, { literals: [, pattern], resultType }) => parsed(args, pattern, resultType),
  }),
  define({
    id: 'TO_DATE',
    parameters: [text, optional(text)],
    result: types.date(),
    nulls: 'always',
    render: (args, { literals: [, pattern], resultType }) => parsed(args, pattern, resultType),
  }),
  ...toTimestampLtz,
  define({
    id: 'DATE_FORMAT',
    parameters: [timestamp, text],
    result: types.string(),
    nulls: 'always',
    render: ([value, sql], { literals: [, pattern] }) => format(value!, sql!, pattern),
  }),
  define({
    id: 'DATE_FORMAT_TEXT',
    names: ['DATE_FORMAT'],
    parameters: [text, text],
    result: types.string(),
    nulls: 'always',
    render: ([value, sql], { literals: [, pattern] }) =>
      format(castFromText(value!, types.timestamp(3), null), sql!, pattern),
  }),
  define({
    id: 'CONVERT_TZ',
    parameters: [text, text, text],
    result: types.string(),
    nulls: 'always',
    render: (args) => hostCall('convert_tz', ...args),
  }),
  define({
    id: 'UNIX_TIMESTAMP',
    parameters: [text, optional(text)],
    result: types.bigint(),
    render: unixTimestamp,
  }),
  current('UNIX_NOW', ['UNIX_TIMESTAMP'], types.bigint(), castTo('floor(epoch(now()))', 'BIGINT')),
  define({
    id: 'FROM_UNIXTIME',
    parameters: [integer, optional(text)],
    result: types.string(),
    nulls: 'always',
    render: ([value, sql], { literals: [, pattern] }) => {
      const moment = `make_timestamptz(${castTo(value!, 'BIGINT')} * 1000000)`;
      return sql === undefined
        ? format(moment, quoteString(STANDARD_PATTERN), STANDARD_PATTERN)
        : format(moment, sql, pattern);
    },
  }),
  current(
    'CURRENT_TIMESTAMP',
    ['CURRENT_TIMESTAMP', 'NOW', 'CURRENT_ROW_TIMESTAMP'],
    types.timestampLtz(3),
    NOW,
  ),
  // A name of its own: what it gives is processing time, whose order is that in which rows come.
  current('PROCTIME', ['PROCTIME'], types.timestampLtz(3), NOW),
  current('LOCALTIMESTAMP', ['LOCALTIMESTAMP'], types.timestamp(3), castTo(NOW, 'TIMESTAMP')),
  current('CURRENT_DATE', ['CURRENT_DATE'], types.date(), castTo('now()', 'DATE')),
  current(
    'LOCALTIME',
    ['LOCALTIME', 'CURRENT_TIME'],
    types.time(0),
    castTo(castTo("date_trunc('second', now())", 'TIMESTAMP'), 'TIME'),
  ),
];
