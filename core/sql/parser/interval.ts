/** Interval qualifiers (`DAY(3) TO SECOND(6)`) and the unit words of time functions. */
import { nearNames } from '../../text/near-names.js';
import type { IntervalQualifier, IntervalUnit, KeywordNode, TimeUnit } from '../ast.js';
import type { Cursor } from './cursor.js';
import { parseInteger } from './names.js';

/** The unit or range of units of an interval. */
export function parseIntervalQualifier(c: Cursor): IntervalQualifier {
  const start = c.start();
  const unit = parseIntervalUnit(c);
  let precision: number | null = null;
  let fraction: number | null = null;
  if (c.isSymbol('(')) {
    c.next();
    precision = parseInteger(c);
    if (unit === 'SECOND' && c.acceptSymbol(',')) fraction = parseInteger(c);
    c.expectSymbol(')');
  }
  const last = unit === 'SECOND' ? null : parseRangeEnd(c, unit);
  if (last === 'SECOND' && c.isSymbol('(')) {
    c.next();
    fraction = parseInteger(c);
    c.expectSymbol(')');
  }
  return { span: c.spanFrom(start), start: unit, precision, end: last, fraction };
}

/** A unit as a function takes it, `EXTRACT(DAY FROM …)`. */
export function parseTimeUnit(c: Cursor): KeywordNode {
  const { word, span } = c.peek();
  const unit = TIME_UNITS.has(word) ? (word as TimeUnit) : OLD_UNITS[word];
  if (unit !== undefined) {
    c.next();
    return { kind: 'keyword', span, word: unit };
  }
  if (word === '') throw c.unexpected('a unit of time');
  const near = nearNames(word, TIME_UNITS);
  throw c.error(span, `${c.peek().text} is not a unit of time`, {
    hint: near.length > 0 ? `Did you mean ${near.join(', ')}?` : `Units are ${[...TIME_UNITS].join(', ')}.`,
  });
}

const INTERVAL_UNITS: readonly IntervalUnit[] = [
  'YEAR',
  'QUARTER',
  'MONTH',
  'WEEK',
  'DAY',
  'HOUR',
  'MINUTE',
  'SECOND',
];

const TIME_UNITS: ReadonlySet<string> = new Set<TimeUnit>([
  ...INTERVAL_UNITS,
  'MILLISECOND',
  'MICROSECOND',
  'NANOSECOND',
  'DOW',
  'ISODOW',
  'DOY',
  'ISOYEAR',
  'DECADE',
  'CENTURY',
  'MILLENNIUM',
  'EPOCH',
]);

/** The unit words of ODBC, which TIMESTAMPADD and TIMESTAMPDIFF still know. */
const OLD_UNITS: Readonly<Record<string, TimeUnit>> = {
  SQL_TSI_YEAR: 'YEAR',
  SQL_TSI_QUARTER: 'QUARTER',
  SQL_TSI_MONTH: 'MONTH',
  SQL_TSI_WEEK: 'WEEK',
  SQL_TSI_DAY: 'DAY',
  SQL_TSI_HOUR: 'HOUR',
  SQL_TSI_MINUTE: 'MINUTE',
  SQL_TSI_SECOND: 'SECOND',
  SQL_TSI_MICROSECOND: 'MICROSECOND',
  SQL_TSI_FRAC_SECOND: 'NANOSECOND',
};

/** Which units a range may end with. */
const RANGES: Readonly<Partial<Record<IntervalUnit, readonly IntervalUnit[]>>> = {
  YEAR: ['MONTH'],
  DAY: ['HOUR', 'MINUTE', 'SECOND'],
  HOUR: ['MINUTE', 'SECOND'],
  MINUTE: ['SECOND'],
};

function parseIntervalUnit(c: Cursor): IntervalUnit {
  for (const unit of INTERVAL_UNITS) {
    if (c.isWord(unit) || c.isWord(`${unit}S`)) {
      c.next();
      return unit;
    }
  }
  throw c.unexpected('a unit: YEAR, MONTH, DAY, HOUR, MINUTE or SECOND');
}

function parseRangeEnd(c: Cursor, start: IntervalUnit): IntervalUnit | null {
  const ends = RANGES[start];
  if (ends === undefined || !c.isWord('TO')) return null;
  c.next();
  return c.expectOneOf(...ends);
}
