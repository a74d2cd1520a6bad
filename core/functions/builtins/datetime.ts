/** Parts, rounding, text and current values of dates and times. Arithmetic is in `interval.ts`. */
import { castFromText } from '../../render/cast-from-text.js';
import { truncated } from '../../render/precision.js';
import { castTo, operand, quoteString } from '../../render/sql-text.js';
import { toDuckDbType } from '../../types/arrow-type.js';
import type { DataType } from '../../types/data-type.js';
import { types } from '../../types/types.js';
import { define } from '../define.js';
import type { Parameter } from '../parameter.js';
import {
  constantInt,
  constantText,
  datetime,
  integer,
  keyword,
  optional,
  text,
  timeOrDatetime,
  timestamp,
} from '../parameter.js';
import type { RenderCall, ScalarFunction } from '../scalar-function.js';
import { toStrftime, toStrptime } from './datetime-format.js';

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
  EPOCH: (x) => castTo(`floor(epoch(${x}))`, 'BIGINT'),
  DECADE: (x) => `decade(${x})`,
  CENTURY: (x) => `century(${x})`,
  MILLENNIUM: (x) => `millennium(${x})`,
};

const TIME_PARTS = ['HOUR', 'MINUTE', 'SECOND', 'MILLISECOND', 'MICROSECOND'];

const partOf = (unit: string, sql: string): string => PARTS[unit]!(sql);

const extract = define({
  id: 'EXTRACT',
  parameters: [keyword('UNIT', Object.keys(PARTS)), timeOrDatetime],
  result: ([, value], [unit]) =>
    value!.kind === 'TIME' && !TIME_PARTS.includes(String(unit?.literal)) ? null : types.bigint(),
  render: ([, value], { literals: [unit] }) => partOf(String(unit), value!),
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

/** Weeks begin on Sunday here, on Monday in DuckDB. */
function floored(value: string, unit: string): string {
  if (unit !== 'WEEK') return `date_trunc('${unit.toLowerCase()}', ${value})`;
  return `date_trunc('week', ${operand(value)} + INTERVAL 1 DAY) - INTERVAL 1 DAY`;
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

const ceiling = (value: string, unit: string): string => {
  const low = floored(value, unit);
  return `CASE WHEN ${operand(low)} = ${operand(value)} THEN ${low} ELSE ${operand(low)} + ${STEPS[unit]} END`;
};

/** A constant pattern that has a counterpart in DuckDB. */
const formatFor = (translate: (pattern: string) => string | null): Parameter => ({
  ...constantText,
  label: 'DATE PATTERN literal',
  accept: (argument) => {
    const accepted = constantText.accept(argument);
    return accepted !== null && translate(String(argument.literal)) !== null ? accepted : null;
  },
});
const written = formatFor(toStrftime);
const readable = formatFor(toStrptime);

/** The local timestamp that a text stands for, NULL where it is none; without a pattern in Flink's standard form. */
function parsed(sql: string, pattern: unknown, to: DataType): string {
  if (typeof pattern !== 'string') return castFromText(sql, to, true);
  const read = `try_strptime(${sql}, ${quoteString(toStrptime(pattern)!)})`;
  if (to.kind === 'DATE') return castTo(read, 'DATE');
  return to.kind === 'TIMESTAMP' ? truncated(read, 'TIMESTAMP', 9, to.precision) : read;
}

const format = (sql: string, pattern: unknown): string =>
  `strftime(${sql}, ${quoteString(toStrftime(String(pattern))!)})`;

const STANDARD_PATTERN = 'yyyy-MM-dd HH:mm:ss';

/** Seconds since the epoch of a local timestamp; what is no timestamp gives the smallest BIGINT, as in Flink. */
const unixTimestamp: RenderCall = ([value], { literals: [, pattern] }) => {
  const local = parsed(value!, pattern, types.timestamp(0));
  const seconds = castTo(`epoch(${castTo(local, 'TIMESTAMP WITH TIME ZONE')})`, 'BIGINT');
  return `CASE WHEN ${operand(value!)} IS NOT NULL THEN coalesce(${seconds}, -9223372036854775808) END`;
};

const current = (id: string, names: readonly string[], result: DataType, sql: string): ScalarFunction =>
  define({ id, names, parameters: [], result, render: () => sql, volatile: true });

const NOW = "date_trunc('millisecond', now())";

/** Entries of this topic. */
export const datetimeFunctions: readonly ScalarFunction[] = [
  extract,
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
  define({
    id: 'TO_TIMESTAMP',
    parameters: [text, optional(readable)],
    result: types.timestamp(3),
    nulls: 'always',
    render: ([value], { literals: [, pattern], resultType }) => parsed(value!, pattern, resultType),
  }),
  define({
    id: 'TO_DATE',
    parameters: [text, optional(readable)],
    result: types.date(),
    nulls: 'always',
    render: ([value], { literals: [, pattern], resultType }) => parsed(value!, pattern, resultType),
  }),
  define({
    id: 'TO_TIMESTAMP_LTZ',
    parameters: [integer, constantInt],
    result: (_, [, digits]) =>
      digits?.literal === 0 || digits?.literal === 3 ? types.timestampLtz(3) : null,
    nulls: 'always',
    render: ([value], { literals: [, digits] }) =>
      `make_timestamptz(${castTo(value!, 'BIGINT')} * ${digits === 0 ? 1_000_000 : 1_000})`,
  }),
  define({
    id: 'DATE_FORMAT',
    parameters: [timestamp, written],
    result: types.string(),
    nulls: 'always',
    render: ([value], { literals: [, pattern] }) => format(value!, pattern),
  }),
  define({
    id: 'DATE_FORMAT_TEXT',
    names: ['DATE_FORMAT'],
    parameters: [text, written],
    result: types.string(),
    nulls: 'always',
    render: ([value], { literals: [, pattern] }) =>
      format(castFromText(value!, types.timestamp(3), true), pattern),
  }),
  define({
    id: 'UNIX_TIMESTAMP',
    parameters: [text, optional(readable)],
    result: types.bigint(),
    render: unixTimestamp,
  }),
  current('UNIX_NOW', ['UNIX_TIMESTAMP'], types.bigint(), castTo('floor(epoch(now()))', 'BIGINT')),
  define({
    id: 'FROM_UNIXTIME',
    parameters: [integer, optional(written)],
    result: types.string(),
    nulls: 'always',
    render: ([value], { literals: [, pattern] }) =>
      format(`make_timestamptz(${castTo(value!, 'BIGINT')} * 1000000)`, pattern ?? STANDARD_PATTERN),
  }),
  current(
    'CURRENT_TIMESTAMP',
    ['CURRENT_TIMESTAMP', 'NOW', 'CURRENT_ROW_TIMESTAMP'],
    types.timestampLtz(3),
    NOW,
  ),
  current('LOCALTIMESTAMP', ['LOCALTIMESTAMP'], types.timestamp(3), castTo(NOW, 'TIMESTAMP')),
  current('CURRENT_DATE', ['CURRENT_DATE'], types.date(), castTo('now()', 'DATE')),
  current(
    'LOCALTIME',
    ['LOCALTIME', 'CURRENT_TIME'],
    types.time(0),
    castTo(castTo("date_trunc('second', now())", 'TIMESTAMP'), 'TIME'),
  ),
];
