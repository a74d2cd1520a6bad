/** Calls: arguments, by position or name, and the clauses behind them (WITHIN GROUP, FILTER, OVER). */
import type {
  ArgumentNode,
  ArgumentValue,
  DescriptorNode,
  ExpressionNode,
  FunctionCallNode,
  NameNode,
  ObjectName,
  OrderItem,
  QueryNode,
  TableArgumentNode,
} from '../ast.js';
import type { Cursor } from './cursor.js';
import { parseExpression } from './expression.js';
import {
  atIdentifier,
  parseColumnList,
  parseCommaList,
  parseIdentifier,
  parseObjectName,
  parseParenthesizedList,
} from './names.js';
import { parseOrderItem, parseOrderItems } from './order-by.js';
import { atQuery, parseQuery } from './query.js';
import { parseOver } from './window.js';

/** A call whose name has been read; the cursor is at the opening parenthesis. */
export function parseCall(c: Cursor, name: ObjectName): FunctionCallNode {
  c.expectSymbol('(');
  const distinct = parseQuantifier(c);
  let inner: OrderItem[] = [];
  let values: ArgumentNode[] = [];
  if (!c.isSymbol(')')) {
    values = parseCommaList(c, () => parseArgument(c));
    inner = parseInnerOrder(c, name);
  }
  c.expectSymbol(')');
  const call = finishCall(c, name, values, distinct);
  return inner.length > 0 ? { ...call, withinGroup: inner } : call;
}

/** DISTINCT or ALL; they stand before expressions, not before `*`. */
function parseQuantifier(c: Cursor): boolean {
  if (!c.isWord('DISTINCT') && !c.isWord('ALL')) return false;
  const distinct = c.next().word === 'DISTINCT';
  if (c.isSymbol('*') || c.isSymbol(')')) throw c.unexpected('an expression');
  return distinct;
}

/** A call whose arguments have been read in a form of their own; reads the clauses behind it. */
export function finishCall(
  c: Cursor,
  name: ObjectName,
  values: readonly ArgumentNode[],
  distinct = false,
): FunctionCallNode {
  let nulls: FunctionCallNode['nulls'] = null;
  if ((c.isWord('IGNORE') || c.isWord('RESPECT')) && c.isWord('NULLS', 1)) {
    nulls = c.next().word === 'IGNORE' ? 'ignore' : 'respect';
    c.next();
  }
  const withinGroup = parseWithinGroup(c);
  const filter = parseFilter(c);
  const over = parseOver(c);
  return {
    kind: 'function_call',
    name,
    arguments: values,
    distinct,
    nulls,
    withinGroup,
    filter,
    over,
    span: c.spanFrom(name.span.start),
  };
}

/** CURRENT_DATE and its like, without parentheses. */
export function parseNiladicCall(c: Cursor): FunctionCallNode {
  const { span, text } = c.next();
  return finishCall(c, { span, parts: [{ span, name: text }] }, []);
}

/** An argument by position, of an expression that has been read. */
export function positional(value: ArgumentValue): ArgumentNode {
  return { span: value.span, name: null, value };
}

/** `FILTER (WHERE condition)`. */
export function parseFilter(c: Cursor): ExpressionNode | null {
  if (!c.isWord('FILTER') || !c.isSymbol('(', 1)) return null;
  c.next();
  c.expectSymbol('(');
  c.expect('WHERE');
  const condition = parseExpression(c);
  c.expectSymbol(')');
  return condition;
}

function parseWithinGroup(c: Cursor): OrderItem[] {
  if (!c.isWord('WITHIN')) return [];
  c.expect('WITHIN', 'GROUP');
  c.expectSymbol('(');
  const items = parseOrderItems(c);
  c.expectSymbol(')');
  return items;
}

/** `ARRAY_AGG(x ORDER BY y)` says what WITHIN GROUP (ORDER BY y) says. */
function parseInnerOrder(c: Cursor, name: ObjectName): OrderItem[] {
  const word = name.parts.length === 1 ? name.parts[0]!.name.toUpperCase() : '';
  if (!c.isWord('ORDER')) return [];
  if (word !== 'ARRAY_AGG') {
    throw c.error(c.peek().span, 'ORDER BY does not stand inside the parentheses of this call', {
      hint: `Write ${name.parts.at(-1)!.name}(…) WITHIN GROUP (ORDER BY …).`,
    });
  }
  return parseOrderItems(c);
}

function parseArgument(c: Cursor): ArgumentNode {
  const start = c.start();
  const named = atIdentifier(c) && c.isSymbol('=>', 1);
  const name = named ? parseIdentifier(c) : null;
  if (named) c.expectSymbol('=>');
  const value = parseArgumentValue(c);
  return { span: c.spanFrom(start), name, value };
}

function parseArgumentValue(c: Cursor): ArgumentValue {
  const { span } = c.peek();
  const start = c.start();
  if (c.isSymbol('*')) {
    c.next();
    return { kind: 'star', span, qualifier: null };
  }
  if (c.isWord('DEFAULT')) {
    c.next();
    return { kind: 'default', span };
  }
  if (c.isWord('DESCRIPTOR') && c.isSymbol('(', 1)) return parseDescriptor(c);
  if (c.isWord('MODEL') && atIdentifier(c, 1)) throw c.unsupported(span, 'MODEL');
  if (c.isWord('TABLE')) {
    c.next();
    return parseTableArgument(c, parseObjectName(c, 'a table'), start);
  }
  if (atQuery(c)) {
    const query = parseQuery(c);
    return { kind: 'subquery', query, span: query.span };
  }
  const value = parseExpression(c);
  const partitioned = value.kind === 'subquery' && (c.isWord('PARTITION') || c.isWord('ORDER'));
  return partitioned ? parseTableArgument(c, value.query, start) : value;
}

function parseDescriptor(c: Cursor): DescriptorNode {
  const start = c.start();
  c.expect('DESCRIPTOR');
  const columns = parseColumnList(c);
  return { kind: 'descriptor', columns, span: c.spanFrom(start) };
}

/** `PARTITION BY` and `ORDER BY` of a table argument: one column, or several in parentheses. */
function parseTableArgument(c: Cursor, source: ObjectName | QueryNode, start: number): TableArgumentNode {
  let partitionBy: NameNode[] = [];
  let orderBy: OrderItem[] = [];
  const column = (): NameNode => {
    const column = parseIdentifier(c, 'a column');
    return { kind: 'name', parts: [column], span: column.span };
  };
  if (c.accept('PARTITION')) {
    c.expect('BY');
    partitionBy = c.isSymbol('(') ? parseParenthesizedList(c, column) : [column()];
  }
  if (c.accept('ORDER')) {
    c.expect('BY');
    const item = () => parseOrderItem(c);
    orderBy = c.isSymbol('(') ? parseParenthesizedList(c, item) : [item()];
  }
  return { kind: 'table_argument', source, partitionBy, orderBy, span: c.spanFrom(start) };
}
