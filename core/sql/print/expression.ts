/** Text of expressions. Each kind knows how tightly it binds; weaker operands get parentheses. */
import type { ExpressionNode, LiteralNode } from '../ast.js';
import { BINDING, bindingOf, NOT_BINDING, SIGN_BINDING } from '../parser/binding.js';
import { callText, jsonCallText } from './call.js';
import { nameText, objectText, qualifierText, stringText } from './common.js';
import { queryText } from './query.js';
import { typeText } from './type.js';

/** An expression; in parentheses if it binds weaker than `least`. */
export function expressionText(expression: ExpressionNode, least = 0): string {
  const text = bareText(expression);
  return bindingOf(expression) < least ? `(${text})` : text;
}

/** Expressions with commas between. */
export function listText(expressions: readonly ExpressionNode[]): string {
  return expressions.map((one) => expressionText(one)).join(', ');
}

type Of<K extends ExpressionNode['kind']> = Extract<ExpressionNode, { kind: K }>;

function bareText(node: ExpressionNode): string {
  switch (node.kind) {
    case 'literal':
      return literalText(node);
    case 'name':
      return objectText(node);
    case 'function_call':
      return callText(node);
    case 'json_call':
      return jsonCallText(node);
    case 'unary':
      return unaryText(node);
    case 'binary':
      return binaryText(node);
    case 'is':
      return `${expressionText(node.operand, BINDING.is)} IS ${not(node)}${node.test}`;
    case 'between':
      return betweenText(node);
    case 'like':
      return likeText(node);
    case 'in_list':
      return `${operandText(node.operand)} ${not(node)}IN (${listText(node.items)})`;
    case 'in_query':
      return `${operandText(node.operand)} ${not(node)}IN (${queryText(node.query)})`;
    case 'quantified':
      return quantifiedText(node);
    case 'exists':
      return `EXISTS (${queryText(node.query)})`;
    case 'subquery':
      return `(${queryText(node.query)})`;
    case 'case':
      return caseText(node);
    case 'cast':
      return `${node.safe ? 'TRY_CAST' : 'CAST'}(${expressionText(node.operand)} AS ${typeText(node.type)})`;
    case 'interval':
      return `INTERVAL (${expressionText(node.operand)}) ${qualifierText(node.qualifier)}`;
    case 'format_json':
      return `${expressionText(node.operand, BINDING.postfix)} FORMAT JSON`;
    case 'row':
      return `ROW(${listText(node.items)})`;
    case 'array':
      return `ARRAY[${listText(node.items)}]`;
    case 'multiset':
      return `MULTISET[${listText(node.items)}]`;
    case 'map':
      return `MAP[${listText(node.entries.flatMap(({ key, value }) => [key, value]))}]`;
    case 'collection_query':
      return `${node.collection}(${queryText(node.query)})`;
    case 'element':
      return `${expressionText(node.base, BINDING.postfix)}[${expressionText(node.index)}]`;
    case 'field':
      return fieldText(node);
  }
}

function not({ negated }: { readonly negated: boolean }): string {
  return negated ? 'NOT ' : '';
}

/** The left side of IN, LIKE and BETWEEN. */
function operandText(operand: ExpressionNode): string {
  return expressionText(operand, BINDING.range);
}

/** The right side of LIKE and BETWEEN. */
function boundText(bound: ExpressionNode): string {
  return expressionText(bound, BINDING.range + 1);
}

function literalText(literal: LiteralNode): string {
  switch (literal.type) {
    case 'null':
      return 'NULL';
    case 'boolean':
      return literal.value ? 'TRUE' : 'FALSE';
    case 'integer':
    case 'decimal':
    case 'approximate':
      return literal.value;
    case 'string':
      return stringText(literal.value);
    case 'binary':
      return `X'${literal.value}'`;
    case 'interval':
      return `INTERVAL ${literal.negative ? '-' : ''}${stringText(literal.value)} ${qualifierText(literal.qualifier)}`;
    default:
      return `${literal.type.toUpperCase()} ${stringText(literal.value)}`;
  }
}

/** Two minus signs side by side would be a comment. */
function unaryText({ operator, operand }: Of<'unary'>): string {
  if (operator === 'NOT') return `NOT ${expressionText(operand, NOT_BINDING)}`;
  const text = expressionText(operand, SIGN_BINDING);
  return text.startsWith('-') || text.startsWith('+') ? `${operator} ${text}` : operator + text;
}

function binaryText(node: Of<'binary'>): string {
  const binding = bindingOf(node);
  const left = expressionText(node.left, binding);
  const right = expressionText(node.right, binding + 1);
  return `${left} ${node.operator} ${right}`;
}

function betweenText(node: Of<'between'>): string {
  const symmetric = node.symmetric ? 'SYMMETRIC ' : '';
  const range = `${boundText(node.low)} AND ${boundText(node.high)}`;
  return `${operandText(node.operand)} ${not(node)}BETWEEN ${symmetric}${range}`;
}

function likeText(node: Of<'like'>): string {
  const escaped = node.escape === null ? '' : ` ESCAPE ${boundText(node.escape)}`;
  return `${operandText(node.operand)} ${not(node)}${node.operator} ${boundText(node.pattern)}${escaped}`;
}

function quantifiedText(node: Of<'quantified'>): string {
  const content = node.query === null ? listText(node.items ?? []) : queryText(node.query);
  const operand = expressionText(node.operand, BINDING.comparison);
  return `${operand} ${node.operator} ${node.quantifier} (${content})`;
}

function caseText({ operand, branches, otherwise }: Of<'case'>): string {
  const first = operand === null ? '' : ` ${expressionText(operand)}`;
  const cases = branches.map(({ when, then }) => ` WHEN ${listText(when)} THEN ${expressionText(then)}`);
  const last = otherwise === null ? '' : ` ELSE ${expressionText(otherwise)}`;
  return `CASE${first}${cases.join('')}${last} END`;
}

/** A plain name before the dot would take the field into itself, a number the dot. */
function fieldText({ base, field }: Of<'field'>): string {
  return `${fieldBaseText(base)}.${nameText(field)}`;
}

/** What stands before the dot of a field, or of `.*`. */
export function fieldBaseText(base: ExpressionNode): string {
  const text = expressionText(base, BINDING.postfix);
  return base.kind === 'name' || base.kind === 'literal' ? `(${text})` : text;
}
