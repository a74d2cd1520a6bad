// Hint blocks: /*+ OPTIONS('k' = 'v'), BROADCAST(t) */
import type { HintNode, OptionNode, StringNode } from '../ast.js';
import type { Cursor } from './cursor.js';
import { parseCommaList, parseIdentifier, parseObjectName, parseOptions } from './names.js';

/** The hint block at the cursor; empty if none is there. */
export function parseHints(c: Cursor): HintNode[] {
  if (!c.isSymbol('/*+')) return [];
  c.next();
  const hints = parseCommaList(c, () => parseHint(c));
  c.expectSymbol('*/');
  return hints;
}

function parseHint(c: Cursor): HintNode {
  const start = c.start();
  const name = parseIdentifier(c, "a hint's name");
  let values: StringNode[] = [];
  let options: OptionNode[] = [];
  if (c.peek(1).kind === 'string' && c.isSymbol('=', 2)) {
    options = parseOptions(c);
  } else if (c.acceptSymbol('(') && !c.acceptSymbol(')')) {
    values = parseCommaList(c, () => parseHintArgument(c));
    c.expectSymbol(')');
  }
  return { name, arguments: values, options, span: c.spanFrom(start) };
}

/** A number, a string or a dotted name. */
function parseHintArgument(c: Cursor): StringNode {
  const { kind, text, span } = c.peek();
  if (kind === 'integer' || kind === 'decimal' || kind === 'string') {
    c.next();
    return { span, value: text };
  }
  const name = parseObjectName(c, 'a name, a number or a string');
  return { span: name.span, value: name.parts.map((part) => part.name).join('.') };
}
