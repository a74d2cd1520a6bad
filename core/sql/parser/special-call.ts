/** Functions whose arguments have words between them: EXTRACT, TRIM, SUBSTRING, POSITION, OVERLAY, CEIL … TO. */
import type { ArgumentNode, ArgumentValue, FunctionCallNode, ObjectName } from '../ast.js';
import { finishCall, positional } from './call.js';
import type { Cursor } from './cursor.js';
import { parseArithmetic, parseExpression } from './expression.js';
import { parseTimeUnit } from './interval.js';

/** By upper-case name; each reads the whole call, from its name on. */
export const SPECIAL_CALLS: ReadonlyMap<string, (c: Cursor) => FunctionCallNode> = new Map(
  Object.entries({
    EXTRACT: special(extract),
    TRIM: special(trim),
    SUBSTRING: special(substring),
    POSITION: special(position),
    OVERLAY: special(overlay),
    CEIL: special(round),
    CEILING: special(round),
    FLOOR: special(round),
    TIMESTAMPADD: special(timestampCall),
    TIMESTAMPDIFF: special(timestampCall),
  }),
);

type Reader = (c: Cursor) => readonly ArgumentValue[];

function special(read: Reader): (c: Cursor) => FunctionCallNode {
  return (c) => {
    const name = readName(c);
    c.expectSymbol('(');
    const values: ArgumentNode[] = read(c).map(positional);
    c.expectSymbol(')');
    return finishCall(c, name, values);
  };
}

function readName(c: Cursor): ObjectName {
  const { span, text } = c.next();
  return { span, parts: [{ span, name: text }] };
}

/** `unit FROM x`. */
function extract(c: Cursor): readonly ArgumentValue[] {
  const unit = parseTimeUnit(c);
  c.expect('FROM');
  return [unit, parseExpression(c)];
}

/** `x`, `characters FROM x`, `LEADING characters FROM x`, `LEADING [FROM] x`. */
function trim(c: Cursor): readonly ArgumentValue[] {
  const { span } = c.peek();
  const word = c.acceptOneOf('BOTH', 'LEADING', 'TRAILING');
  const side = { kind: 'keyword', word: word ?? 'BOTH', span } as const;
  const blank = { kind: 'literal', type: 'string', value: ' ', span } as const;
  if (word !== null && c.accept('FROM')) return [side, blank, parseExpression(c)];
  const first = parseExpression(c);
  return c.accept('FROM') ? [side, first, parseExpression(c)] : [side, blank, first];
}

/** `x FROM a FOR b` or `x, a, b`. */
function substring(c: Cursor): readonly ArgumentValue[] {
  const values = [parseExpression(c)];
  const worded = c.accept('FROM');
  if (!worded) c.expectSymbol(',');
  values.push(parseExpression(c));
  if (worded ? c.accept('FOR') : c.acceptSymbol(',')) values.push(parseExpression(c));
  return values;
}

/** `part IN whole [FROM start]`. */
function position(c: Cursor): readonly ArgumentValue[] {
  const values = [parseArithmetic(c)];
  c.expect('IN');
  values.push(parseArithmetic(c));
  if (c.accept('FROM')) values.push(parseExpression(c));
  return values;
}

/** `x PLACING y FROM a [FOR b]`. */
function overlay(c: Cursor): readonly ArgumentValue[] {
  const values = [parseExpression(c)];
  c.expect('PLACING');
  values.push(parseExpression(c));
  c.expect('FROM');
  values.push(parseExpression(c));
  if (c.accept('FOR')) values.push(parseExpression(c));
  return values;
}

/** `x [TO unit]`. */
function round(c: Cursor): readonly ArgumentValue[] {
  const value = parseExpression(c);
  return c.accept('TO') ? [value, parseTimeUnit(c)] : [value];
}

/** `unit, a, b`. */
function timestampCall(c: Cursor): readonly ArgumentValue[] {
  const unit = parseTimeUnit(c);
  c.expectSymbol(',');
  const first = parseExpression(c);
  c.expectSymbol(',');
  return [unit, first, parseExpression(c)];
}
