/** CREATE FUNCTION: by the path of its code, or with its source inside the statement. */
import type { CreateFunctionStatement, InlineParameter, StringNode } from '../ast.js';
import type { CreateWords } from './create.js';
import type { Cursor } from './cursor.js';
import { parseCommaList, parseIdentifier, parseIfNotExists, parseObjectName, parseString } from './names.js';
import { parseDataType } from './types.js';

/** The cursor is behind FUNCTION. */
export function parseCreateFunction(c: Cursor, words: CreateWords): CreateFunctionStatement {
  const { start, orReplace, temporary, system } = words;
  const ifNotExists = parseIfNotExists(c);
  const name = parseObjectName(c, 'a name for the function');
  if (system && name.parts.length > 1) {
    throw c.error(name.span, 'a system function belongs to no catalog and no database', {
      hint: `Write ${name.parts.at(-1)!.name} alone, or leave out SYSTEM.`,
    });
  }
  const base = { kind: 'create_function', orReplace, temporary, system, ifNotExists, name } as const;
  if (c.isSymbol('(')) {
    const inline = parseInline(c);
    return { ...base, ...inline, span: c.spanFrom(start) };
  }
  c.expect('AS');
  const path = parseString(c, "the function's path in single quotes, 'module.function',");
  const language = parseLanguage(c);
  if (language === 'PYTHON' && c.isWord('USING')) {
    throw c.unsupported(c.peek().span, 'USING for a Python function', "SET 'python.files' = '…' adds files.");
  }
  if (c.isWord('USING') && c.isWord('ARTIFACT', 1)) throw c.unsupported(c.peek(1).span, 'USING ARTIFACT');
  const jars = c.accept('USING') ? parseCommaList(c, () => parseJarPath(c)) : [];
  if (c.isWord('WITH')) throw c.unsupported(c.peek().span, 'WITH for a function', OPTIONS_HINT);
  return { ...base, form: 'path', path, language, jars, span: c.spanFrom(start) };
}

const OPTIONS_HINT = "Options stand in its decorator, or in SET 'millstream.function.<name>.<option>' = '…'.";

/** `LANGUAGE PYTHON`; null if it is not there. */
export function parseLanguage(c: Cursor): 'PYTHON' | 'JAVA' | 'SCALA' | null {
  return c.accept('LANGUAGE') ? c.expectOneOf('PYTHON', 'JAVA', 'SCALA') : null;
}

function parseJarPath(c: Cursor): StringNode {
  c.expect('JAR');
  return parseString(c);
}

/** `(a INT) RETURNS DOUBLE LANGUAGE PYTHON AS $$ … $$`. */
function parseInline(c: Cursor) {
  c.expectSymbol('(');
  const parameters = c.isSymbol(')') ? [] : parseCommaList(c, () => parseParameter(c));
  c.expectSymbol(')');
  c.expect('RETURNS');
  const returns = parseDataType(c);
  c.expect('LANGUAGE');
  const language = c.expectOneOf('PYTHON');
  c.expect('AS');
  const token = c.peek().kind === 'string' ? c.next() : c.expectKind('body', 'source text between $$ and $$');
  const source = { span: token.span, value: token.text };
  return { form: 'inline', parameters, returns, language, source } as const;
}

function parseParameter(c: Cursor): InlineParameter {
  const start = c.start();
  const name = parseIdentifier(c, "a parameter's name");
  const type = parseDataType(c);
  return { name, type, span: c.spanFrom(start) };
}
