/** INTERVAL literals: months, or milliseconds. */
import type { IntervalUnit, LiteralNode } from '../ast.js';
import { type BindEnvironment, bindError } from './bind-context.js';

type IntervalLiteral = Extract<LiteralNode, { type: 'interval' }>;

/** Months or milliseconds as text. */
export interface IntervalValue {
  readonly value: string;
  readonly isMonths: boolean;
}

const MONTHS: Readonly<Partial<Record<IntervalUnit, number>>> = { YEAR: 12, QUARTER: 3, MONTH: 1 };
const MILLISECONDS: Readonly<Partial<Record<IntervalUnit, number>>> = {
  WEEK: 604_800_000,
  DAY: 86_400_000,
  HOUR: 3_600_000,
  MINUTE: 60_000,
  SECOND: 1_000,
};
const PARTS: readonly IntervalUnit[] = ['DAY', 'HOUR', 'MINUTE', 'SECOND'];

/** The length of an interval. @throws {SqlError} where the text does not fit the units. */
export function intervalValue(environment: BindEnvironment, node: IntervalLiteral): IntervalValue {
  const { start, end } = node.qualifier;
  const isMonths = MONTHS[start] !== undefined;
  const total = end === null ? single(node.value, start) : several(node.value, start, end);
  if (total === null) {
    const units = end === null ? start : `${start} TO ${end}`;
    throw bindError(environment, 'SQL_LITERAL', `'${node.value}' is no interval of ${units}.`, node.span);
  }
  return { value: String(node.negative ? -total : total), isMonths };
}

function single(text: string, unit: IntervalUnit): number | null {
  const pattern = unit === 'SECOND' ? /^([+-]?)(\d+)(?:\.(\d{1,9}))?$/ : /^([+-]?)(\d+)$/;
  const match = pattern.exec(text.trim());
  if (match === null) return null;
  const scale = MONTHS[unit] ?? MILLISECONDS[unit]!;
  const fraction = match[3] === undefined ? 0 : Math.trunc(Number(`0.${match[3]}`) * 1000 + 1e-6);
  const total = Number(match[2]) * scale + fraction;
  return match[1] === '-' ? -total : total;
}

function several(text: string, start: IntervalUnit, end: IntervalUnit): number | null {
  if (start === 'YEAR' && end === 'MONTH') {
    const match = /^([+-]?)(\d+)-(\d{1,2})$/.exec(text.trim());
    if (match === null || Number(match[3]) > 11) return null;
    const total = Number(match[2]) * 12 + Number(match[3]);
    return match[1] === '-' ? -total : total;
  }
  const units = PARTS.slice(PARTS.indexOf(start), PARTS.indexOf(end) + 1);
  const sign = text.trim().startsWith('-') ? -1 : 1;
  const pieces = text.trim().replace(/^[+-]/, '').split(/[ :]/);
  if (pieces.length !== units.length) return null;
  let total = 0;
  for (const [i, unit] of units.entries()) {
    const part = single(pieces[i]!, unit);
    if (part === null || part < 0) return null;
    total += part;
  }
  return sign * total;
}
