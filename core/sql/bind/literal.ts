/** From literals as written to typed constants. */

import type { Expression } from '../../plan/expression.js';
import { literalOf } from '../../plan/expression-builders.js';
import { MAX_DECIMAL_PRECISION, types } from '../../types/types.js';
import type { LiteralNode } from '../ast.js';
import { type BindEnvironment, bindError } from './bind-context.js';
import { intervalValue } from './interval.js';

const INT_MAX = 2_147_483_647n;
const BIGINT_MAX = 9_223_372_036_854_775_807n;

/** A constant with Flink's type: `1` and `1.` INT, `1.5` DECIMAL(2, 1), `1e0` DOUBLE, `'a'` CHAR(1), all NOT NULL. */
export function bindLiteral(environment: BindEnvironment, node: LiteralNode): Expression {
  const { span } = node;
  const constant = (value: boolean | number | string, type: Expression['type']) =>
    literalOf(value, types.notNull(type), span);
  switch (node.type) {
    case 'null':
      return literalOf(null, types.null(), span);
    case 'boolean':
      return constant(node.value, types.boolean());
    case 'integer':
      return bindInteger(environment, node, BigInt(node.value));
    case 'decimal':
      return node.value.endsWith('.')
        ? bindInteger(environment, node, BigInt(node.value.slice(0, -1)))
        : bindDecimal(environment, node, node.value);
    case 'approximate':
      return constant(Number(node.value), types.double());
    case 'string':
      return constant(node.value, node.value === '' ? types.string() : types.char([...node.value].length));
    case 'binary':
      return constant(node.value, node.value === '' ? types.bytes() : types.binary(node.value.length / 2));
    case 'date':
      check(
        environment,
        node,
        /^\d{4}-\d{1,2}-\d{1,2}$/.test(node.value) && isDate(node.value),
        'yyyy-MM-dd',
      );
      return constant(padded(node.value), types.date());
    case 'time':
      check(environment, node, isTime(node.value), 'HH:mm:ss[.fff]');
      return constant(node.value, types.time(fractionDigits(node.value)));
    case 'timestamp': {
      const [date, time] = node.value.trim().split(/[ T]+/);
      const fits = date !== undefined && time !== undefined && isDate(date) && isTime(time);
      check(environment, node, fits, 'yyyy-MM-dd HH:mm:ss[.fffffffff]');
      return constant(`${padded(date!)} ${time!}`, types.timestamp(fractionDigits(node.value)));
    }
    case 'interval': {
      const interval = intervalValue(environment, node);
      return constant(
        interval.value,
        interval.isMonths ? types.intervalYearMonth() : types.intervalDayTime(),
      );
    }
  }
}

function bindInteger(environment: BindEnvironment, node: LiteralNode, value: bigint): Expression {
  if (value <= INT_MAX) return literalOf(Number(value), types.notNull(types.int()), node.span);
  const isSafe = value <= BigInt(Number.MAX_SAFE_INTEGER);
  const plain = isSafe ? Number(value) : String(value);
  if (value <= BIGINT_MAX) return literalOf(plain, types.notNull(types.bigint()), node.span);
  return bindDecimal(environment, node, String(value));
}

function bindDecimal(environment: BindEnvironment, node: LiteralNode, text: string): Expression {
  const [whole = '', fraction = ''] = text.split('.');
  const needed = whole.replace(/^0+/, '').length + fraction.length;
  // Every digit as written counts, leading zeros too: 0.908 is DECIMAL(4, 3).
  const precision = Math.min(Math.max(1, whole.length + fraction.length), MAX_DECIMAL_PRECISION);
  if (needed > MAX_DECIMAL_PRECISION) {
    const message = `${text} has more than ${MAX_DECIMAL_PRECISION} digits.`;
    throw bindError(environment, 'SQL_LITERAL', message, node.span, `Write it as DOUBLE: ${text}e0.`);
  }
  const value = `${whole === '' ? '0' : whole}${fraction === '' ? '' : `.${fraction}`}`;
  return literalOf(value, types.notNull(types.decimal(precision, fraction.length)), node.span);
}

function check(environment: BindEnvironment, node: LiteralNode, fits: boolean, form: string): void {
  if (fits) return;
  const text = 'value' in node ? String(node.value) : '';
  throw bindError(
    environment,
    'SQL_LITERAL',
    `'${text}' is no ${node.type.toUpperCase()}.`,
    node.span,
    `Write it as ${form}.`,
  );
}

function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (match === null) return false;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1]!;
}

function isTime(text: string): boolean {
  const match = /^(\d{1,2}):(\d{2}):(\d{2})(\.\d{1,9})?$/.exec(text);
  return match !== null && Number(match[1]) < 24 && Number(match[2]) < 60 && Number(match[3]) < 60;
}

function padded(date: string): string {
  const [year, month, day] = date.split('-');
  return `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`;
}

function fractionDigits(text: string): number {
  return /\.(\d+)$/.exec(text)?.[1]?.length ?? 0;
}
