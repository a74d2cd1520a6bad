/** The JSON functions of the SQL standard, whose clauses have words between them. */
import type { ExpressionNode, JsonBehavior, JsonCallNode, TypeNode } from '../ast.js';
import { parseFilter } from './call.js';
import type { Cursor } from './cursor.js';
import { parseExpression } from './expression.js';
import { parseNullableType } from './types.js';

/** By upper-case name; each reads the whole call, from its name on. */
export const JSON_CALLS: ReadonlyMap<string, (c: Cursor) => JsonCallNode> = new Map(
  (
    [
      ['JSON_EXISTS', exists],
      ['JSON_VALUE', value],
      ['JSON_QUERY', query],
      ['JSON_OBJECT', object],
      ['JSON_ARRAY', array],
      ['JSON_OBJECTAGG', objectAggregate],
      ['JSON_ARRAYAGG', arrayAggregate],
    ] as const
  ).map(([name, read]) => [name, (c: Cursor) => parseJsonCall(c, name, read)]),
);

type Clauses = Pick<JsonCallNode, 'arguments'> &
  Partial<Pick<JsonCallNode, 'returning' | 'wrapper' | 'onNull' | 'onEmpty' | 'onError'>>;

function parseJsonCall(
  c: Cursor,
  name: JsonCallNode['function'],
  read: (c: Cursor) => Clauses,
): JsonCallNode {
  const start = c.start();
  c.next();
  c.expectSymbol('(');
  const clauses = read(c);
  c.expectSymbol(')');
  const filter = parseFilter(c);
  return {
    kind: 'json_call',
    function: name,
    returning: null,
    wrapper: null,
    onNull: null,
    onEmpty: null,
    onError: null,
    ...clauses,
    filter,
    span: c.spanFrom(start),
  };
}

/** `x, 'path'`. */
function operands(c: Cursor): ExpressionNode[] {
  const input = parseExpression(c);
  c.expectSymbol(',');
  return [input, parseExpression(c)];
}

function exists(c: Cursor): Clauses {
  const values = operands(c);
  const word = c.acceptOneOf('TRUE', 'FALSE', 'UNKNOWN', 'ERROR');
  if (word === null) return { arguments: values };
  c.expect('ON', 'ERROR');
  const kind = word.toLowerCase() as 'true' | 'false' | 'unknown' | 'error';
  return { arguments: values, onError: { kind } };
}

function value(c: Cursor): Clauses {
  const values = operands(c);
  const returning = parseReturning(c);
  const behavior = (): JsonBehavior | null => {
    if (c.accept('DEFAULT')) return { kind: 'default', value: parseExpression(c) };
    const word = c.acceptOneOf('NULL', 'ERROR');
    return word === null ? null : { kind: word === 'NULL' ? 'null' : 'error' };
  };
  return { arguments: values, returning, ...parseBehaviors(c, behavior) };
}

function query(c: Cursor): Clauses {
  const values = operands(c);
  const returning = parseReturning(c);
  const wrapper = parseWrapper(c);
  const behavior = (): JsonBehavior | null => {
    if (c.accept('EMPTY')) {
      return { kind: c.expectOneOf('ARRAY', 'OBJECT') === 'ARRAY' ? 'empty_array' : 'empty_object' };
    }
    const word = c.acceptOneOf('NULL', 'ERROR');
    return word === null ? null : { kind: word === 'NULL' ? 'null' : 'error' };
  };
  return { arguments: values, returning, wrapper, ...parseBehaviors(c, behavior) };
}

function object(c: Cursor): Clauses {
  if (c.isSymbol(')')) return { arguments: [] };
  const onNull = parseOnNull(c);
  if (onNull !== null) return { arguments: [], onNull };
  const entries = parsePair(c);
  while (c.acceptSymbol(',')) entries.push(...parsePair(c));
  return { arguments: entries, onNull: parseOnNull(c) };
}

function array(c: Cursor): Clauses {
  const empty = c.isSymbol(')') || atOnNull(c);
  const items: ExpressionNode[] = empty ? [] : [parseExpression(c)];
  while (!empty && c.acceptSymbol(',')) items.push(parseExpression(c));
  return { arguments: items, onNull: parseOnNull(c) };
}

function objectAggregate(c: Cursor): Clauses {
  return { arguments: parsePair(c), onNull: parseOnNull(c) };
}

function arrayAggregate(c: Cursor): Clauses {
  const item = parseExpression(c);
  if (c.isWord('ORDER')) throw c.unsupported(c.peek().span, 'ORDER BY inside JSON_ARRAYAGG');
  return { arguments: [item], onNull: parseOnNull(c) };
}

/** `[KEY] key VALUE value` or `key: value`. */
function parsePair(c: Cursor): ExpressionNode[] {
  const worded = c.isWord('KEY') && !c.isWord('VALUE', 1) && !c.isSymbol(':', 1);
  if (worded) c.next();
  const key = parseExpression(c);
  if (!c.accept('VALUE')) c.expectSymbol(':');
  return [key, parseExpression(c)];
}

function atOnNull(c: Cursor): boolean {
  return (c.isWord('NULL') || c.isWord('ABSENT')) && c.isWord('ON', 1);
}

function parseOnNull(c: Cursor): 'null' | 'absent' | null {
  if (!atOnNull(c)) return null;
  const word = c.next().word;
  c.expect('ON', 'NULL');
  return word === 'NULL' ? 'null' : 'absent';
}

function parseReturning(c: Cursor): TypeNode | null {
  return c.accept('RETURNING') ? parseNullableType(c) : null;
}

function parseWrapper(c: Cursor): JsonCallNode['wrapper'] {
  const word = c.acceptOneOf('WITHOUT', 'WITH');
  if (word === null) return null;
  const conditional = word === 'WITH' && c.accept('CONDITIONAL');
  if (word === 'WITH' && !conditional) c.accept('UNCONDITIONAL');
  c.accept('ARRAY');
  c.expect('WRAPPER');
  if (word === 'WITHOUT') return 'without';
  return conditional ? 'conditional' : 'unconditional';
}

/** `… ON EMPTY` and `… ON ERROR`, each at most once, in any order. */
function parseBehaviors(
  c: Cursor,
  behavior: () => JsonBehavior | null,
): { onEmpty: JsonBehavior | null; onError: JsonBehavior | null } {
  const found: { onEmpty: JsonBehavior | null; onError: JsonBehavior | null } = {
    onEmpty: null,
    onError: null,
  };
  for (let next = behavior(); next !== null; next = behavior()) {
    c.expect('ON');
    const { span } = c.peek();
    const key = c.expectOneOf('EMPTY', 'ERROR') === 'EMPTY' ? 'onEmpty' : 'onError';
    if (found[key] !== null) throw c.error(span, 'this clause stands here twice');
    found[key] = next;
  }
  return found;
}
