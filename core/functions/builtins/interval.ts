/** Arithmetic of dates, times and intervals. An interval is a number here: months, or milliseconds. */
import { castTo, operand } from '../../render/sql-text.js';
import { toDuckDbType } from '../../types/arrow-type.js';
import type { DataType } from '../../types/data-type.js';
import { types } from '../../types/types.js';
import { define } from '../define.js';
import { datetime, int, interval, keyword, timeOrDatetime } from '../parameter.js';
import type { CallContext, ScalarFunction } from '../scalar-function.js';

/** Milliseconds of the units that have a fixed length, in DuckDB's words, longest first. */
const FIXED: readonly (readonly [unit: string, milliseconds: number])[] = [
  ['DAY', 86_400_000],
  ['HOUR', 3_600_000],
  ['MINUTE', 60_000],
  ['SECOND', 1_000],
];

/** The interval as DuckDB's. A day of a TIMESTAMP_LTZ is 24 hours, also where clocks change. */
export function toDuckDbInterval(
  sql: string,
  type: DataType,
  constant: CallContext['literals'][number],
  of: DataType,
): string {
  const value = typeof constant === 'string' || typeof constant === 'number' ? Number(constant) : null;
  if (type.kind === 'INTERVAL_YEAR_MONTH')
    return value === null ? `to_months(${sql})` : `INTERVAL ${literal(value)} MONTH`;
  if (value === null) return `to_milliseconds(${sql})`;
  const unit = FIXED.find(
    ([name, length]) => value % length === 0 && !(name === 'DAY' && of.kind === 'TIMESTAMP_LTZ'),
  );
  return unit === undefined ? `to_milliseconds(${value})` : `INTERVAL ${literal(value / unit[1])} ${unit[0]}`;
}

/** DuckDB moves a DATE by a number of days much faster than by an INTERVAL, which makes it a TIMESTAMP. */
function wholeDays({ kind }: DataType, constant: CallContext['literals'][number]): number | null {
  if (kind !== 'INTERVAL_DAY_TIME' || (typeof constant !== 'string' && typeof constant !== 'number'))
    return null;
  const days = Number(constant) / 86_400_000;
  return Number.isInteger(days) ? days : null;
}

const literal = (value: number): string => (value < 0 ? `(${value})` : String(value));

/** DATE stays DATE: hours below a day fall away. TIME goes round the clock. */
const shift = (symbol: '+' | '-', flipped: boolean): ScalarFunction => {
  const [at, by] = flipped ? [1, 0] : [0, 1];
  return define({
    id: `${flipped ? 'INTERVAL_DATETIME' : 'DATETIME_INTERVAL'} ${symbol}`,
    names: [symbol],
    parameters: flipped ? [interval, timeOrDatetime] : [timeOrDatetime, interval],
    result: (all) => (all[at]!.kind === 'TIME' && all[by]!.kind === 'INTERVAL_YEAR_MONTH' ? null : all[at]!),
    render: (args, { argumentTypes, literals, resultType }) => {
      const days = resultType.kind === 'DATE' ? wholeDays(argumentTypes[by]!, literals[by]) : null;
      if (days !== null) return `${operand(args[at]!)} ${symbol} ${literal(days)}`;
      const length = toDuckDbInterval(args[by]!, argumentTypes[by]!, literals[by], resultType);
      const moved = `${operand(args[at]!)} ${symbol} ${length}`;
      return resultType.kind === 'DATE' ? castTo(moved, toDuckDbType(resultType)) : moved;
    },
  });
};

const combined = (symbol: '+' | '-'): ScalarFunction =>
  define({
    id: `INTERVALS ${symbol}`,
    names: [symbol],
    parameters: [interval, interval],
    result: ([a, b]) => (a!.kind === b!.kind ? a! : null),
    render: ([a, b]) => `${operand(a!)} ${symbol} ${operand(b!)}`,
  });

const multiplied = (id: string, by: 0 | 1): ScalarFunction =>
  define({
    id,
    names: ['*'],
    parameters: by === 1 ? [interval, int] : [int, interval],
    result: (all) => all[1 - by]!,
    render: ([a, b], { resultType }) => castTo(`${operand(a!)} * ${operand(b!)}`, toDuckDbType(resultType)),
  });

/** Months in a unit; the others have a fixed length. */
const MONTHS: Readonly<Record<string, number>> = { YEAR: 12, QUARTER: 3, MONTH: 1 };
const SECONDS: Readonly<Record<string, number>> = {
  WEEK: 604_800,
  DAY: 86_400,
  HOUR: 3_600,
  MINUTE: 60,
  SECOND: 1,
};
const UNITS = [...Object.keys(MONTHS), ...Object.keys(SECONDS)];

const add = define({
  id: 'TIMESTAMPADD',
  parameters: [keyword('UNIT', UNITS), int, timeOrDatetime],
  result: ([, , value], [unit]) => {
    const name = String(unit?.literal);
    if (value!.kind === 'TIME' && MONTHS[name] !== undefined) return null;
    return value!.kind === 'DATE' && ['HOUR', 'MINUTE', 'SECOND'].includes(name)
      ? types.timestamp(6)
      : value!;
  },
  render: ([, count, value], { literals: [unit], resultType }) => {
    const months = MONTHS[String(unit)];
    const length =
      months === undefined
        ? `to_seconds(${castTo(count!, 'BIGINT')} * ${SECONDS[String(unit)]})`
        : `to_months(${castTo(`${operand(count!)} * ${months}`, 'INTEGER')})`;
    return castTo(`${operand(value!)} + ${length}`, toDuckDbType(resultType));
  },
});

const difference = define({
  id: 'TIMESTAMPDIFF',
  parameters: [keyword('UNIT', UNITS), datetime, datetime],
  result: types.int(),
  render: ([, from, to], { literals: [unit] }) => {
    const months = MONTHS[String(unit)];
    if (months !== undefined) return castTo(`(${monthsBetween(from!, to!)}) // ${months}`, 'INTEGER');
    const span = `epoch_ms(${to}) - epoch_ms(${from})`;
    return castTo(`(${span}) // ${SECONDS[String(unit)]! * 1000}`, 'INTEGER');
  },
});

/** Whole months from the earlier to the later; the last day of a shorter month completes one. */
function monthsBetween(from: string, to: string): string {
  const forward = (a: string, b: string): string => {
    const crossed = `datediff('month', ${a}, ${b})`;
    return `${crossed} - CASE WHEN ${operand(a)} + to_months(${castTo(crossed, 'INTEGER')}) > ${operand(b)} THEN 1 ELSE 0 END`;
  };
  return `CASE WHEN ${operand(from)} <= ${operand(to)} THEN ${forward(from, to)} ELSE -(${forward(to, from)}) END`;
}

/** Entries of this topic. */
export const intervalFunctions: readonly ScalarFunction[] = [
  shift('+', false),
  shift('-', false),
  shift('+', true),
  combined('+'),
  combined('-'),
  multiplied('INTERVAL_TIMES', 1),
  multiplied('TIMES_INTERVAL', 0),
  define({
    id: 'INTERVAL_NEGATE',
    names: ['-'],
    parameters: [interval],
    result: ([a]) => a!,
    render: ([a]) => `-${operand(a!)}`,
  }),
  add,
  difference,
];
