/** Expressions as text for people: EXPLAIN, tests. Not SQL that could be run. */
import { typeToText } from '../types/type-text.js';
import type { AggregateCall, Expression, WindowFrame } from './expression.js';
import type { SortKey } from './logical-plan.js';

/** One line; columns by id, subqueries as `(…)`. */
export function explainExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'column':
      return expression.id;
    case 'literal':
      return explainLiteral(expression);
    case 'call':
      return explainCall(expression.function, expression.arguments);
    case 'python_call': {
      const args = expression.arguments.map((argument, i) =>
        withName(argument, expression.argumentNames[i] ?? null),
      );
      return `${expression.function}(${args.join(', ')})`;
    }
    case 'cast': {
      const type = typeToText({ ...expression.type, nullable: true });
      return `${expression.safe ? 'TRY_CAST' : 'CAST'}(${explainExpression(expression.argument)} AS ${type})`;
    }
    case 'case': {
      const branches = expression.branches.map(
        ({ when, then }) => `WHEN ${explainExpression(when)} THEN ${explainExpression(then)}`,
      );
      const otherwise =
        expression.otherwise === null ? '' : ` ELSE ${explainExpression(expression.otherwise)}`;
      return `CASE ${branches.join(' ')}${otherwise} END`;
    }
    case 'field':
      return `${explainExpression(expression.base)}.${expression.name}`;
    case 'subquery': {
      const operands = expression.operands.map(explainExpression).join(', ');
      const word = { scalar: '', exists: 'EXISTS ', in: 'IN ' }[expression.form];
      const left = operands === '' ? '' : `${operands} `;
      return `${left}${expression.negated ? 'NOT ' : ''}${word}(…)`;
    }
    case 'window_call': {
      const names = expression.python?.argumentNames ?? [];
      const args = expression.arguments.map((argument, i) => withName(argument, names[i] ?? null));
      const call = `${expression.function}(${expression.distinct ? 'DISTINCT ' : ''}${args.join(', ')})`;
      return `${call} OVER (${explainWindow(expression)})`;
    }
  }
}

/** An aggregate call with DISTINCT, FILTER and WITHIN GROUP. */
export function explainAggregate(call: AggregateCall): string {
  const isCountStar = call.function === 'COUNT' && !call.python && call.arguments.length === 0;
  const args = call.arguments
    .map((argument, i) => withName(argument, call.argumentNames[i] ?? null))
    .join(', ');
  const order =
    call.withinGroup.length === 0 ? '' : ` WITHIN GROUP (ORDER BY ${explainSortKeys(call.withinGroup)})`;
  const filter = call.filter === null ? '' : ` FILTER (WHERE ${explainExpression(call.filter)})`;
  return `${call.function}(${call.distinct ? 'DISTINCT ' : ''}${isCountStar ? '*' : args})${order}${filter}`;
}

/** Keys with DESC, and with the place of NULLs where it is not the usual one. */
export function explainSortKeys(keys: readonly SortKey[]): string {
  return keys
    .map(({ expression, descending, nullsFirst }) => {
      const usual = nullsFirst !== descending;
      const nulls = usual ? '' : nullsFirst ? ' NULLS FIRST' : ' NULLS LAST';
      return `${explainExpression(expression)}${descending ? ' DESC' : ''}${nulls}`;
    })
    .join(', ');
}

function explainLiteral(literal: Extract<Expression, { kind: 'literal' }>): string {
  const { value, type } = literal;
  if (value === null) return 'NULL';
  if (typeof value !== 'string') return String(value).toUpperCase();
  switch (type.kind) {
    case 'CHAR':
    case 'VARCHAR':
    case 'STRING':
      return `'${value.replaceAll("'", "''")}'`;
    case 'BINARY':
    case 'VARBINARY':
    case 'BYTES':
      return `X'${value}'`;
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP':
      return `${type.kind} '${value}'`;
    case 'INTERVAL_YEAR_MONTH':
      return `INTERVAL '${value}' MONTH`;
    case 'INTERVAL_DAY_TIME':
      return `INTERVAL '${Number(value) / 1000}' SECOND`;
    default:
      return value;
  }
}

function explainCall(name: string, args: readonly Expression[]): string {
  const [first, ...rest] = args.map((argument) => explainOperand(argument, name));
  if (name === 'IN' || name === 'NOT IN') return `${first} ${name} (${rest.join(', ')})`;
  if (name.startsWith('IS ') && rest.length === 0) return `${first} ${name}`;
  if (name === 'NOT') return `NOT ${first}`;
  const isSymbol =
    !/^[A-Z]/.test(name) || ['AND', 'OR', 'LIKE', 'SIMILAR TO'].includes(name) || name.startsWith('IS ');
  if (isSymbol && rest.length === 0) return `${name}${first}`;
  if (isSymbol) return [first, ...rest].join(` ${name} `);
  return `${name}(${args.map(explainExpression).join(', ')})`;
}

/** In parentheses where it is a call that is written with a symbol; an AND inside an AND is not. */
function explainOperand(argument: Expression, outer: string): string {
  const text = explainExpression(argument);
  if (argument.kind !== 'call' || (argument.function === outer && (outer === 'AND' || outer === 'OR')))
    return text;
  const isSymbol =
    !/^[A-Z][A-Z0-9_]*$/.test(argument.function) ||
    ['AND', 'OR', 'NOT', 'LIKE', 'IN'].includes(argument.function);
  const binds = outer === 'AND' && !['OR'].includes(argument.function);
  return isSymbol && !binds ? `(${text})` : text;
}

function explainWindow(call: Extract<Expression, { kind: 'window_call' }>): string {
  const parts: string[] = [];
  if (call.partitionBy.length > 0)
    parts.push(`PARTITION BY ${call.partitionBy.map(explainExpression).join(', ')}`);
  if (call.orderBy.length > 0) parts.push(`ORDER BY ${explainSortKeys(call.orderBy)}`);
  if (call.frame !== null) parts.push(explainFrame(call.frame));
  return parts.join(' ');
}

function explainFrame(frame: WindowFrame): string {
  const bound = (b: WindowFrame['start']) => {
    const words = b.kind.replace('_', ' ').toUpperCase();
    return 'offset' in b ? `${explainExpression(b.offset)} ${words}` : words;
  };
  return `${frame.unit} BETWEEN ${bound(frame.start)} AND ${bound(frame.end)}`;
}

function withName(argument: Expression, name: string | null): string {
  return name === null ? explainExpression(argument) : `${name} => ${explainExpression(argument)}`;
}
