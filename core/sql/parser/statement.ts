/** Which statement begins here. */
import { nearNames } from '../../text/near-names.js';
import type { Statement } from '../ast.js';
import { parseAlter } from './alter.js';
import { parseCreate, parseReplaceTable } from './create.js';
import type { Cursor } from './cursor.js';
import { parseDrop } from './drop.js';
import { parseExecute, parseExplain, parseInsert, parseQueryStatement, parseStatementSet } from './job.js';
import { refusedStatement } from './refused.js';
import { parseDescribe, parseJar, parseReset, parseSet, parseShow, parseUse } from './session.js';

/** One statement, without the semicolon behind it. */
export function parseStatementAt(c: Cursor): Statement {
  const token = c.peek();
  const parse = STATEMENTS.get(c.isSymbol('(') ? '(' : token.word);
  if (parse !== undefined) return parse(c);
  const refused = refusedStatement(c);
  if (refused !== null) throw refused;
  const near = token.kind === 'word' ? nearNames(token.word, STATEMENTS.keys()) : [];
  const error = c.unexpected('a statement (SELECT, INSERT, CREATE, …)');
  if (near.length === 0) throw error;
  throw c.error(token.span, error.message, { hint: `Did you mean ${near.join(' or ')}?` });
}

/** Whether a word (upper case) begins a statement. */
export function beginsStatement(word: string): boolean {
  return STATEMENTS.has(word);
}

const STATEMENTS: ReadonlyMap<string, (c: Cursor) => Statement> = new Map<string, (c: Cursor) => Statement>([
  ['SELECT', parseQueryStatement],
  ['WITH', parseQueryStatement],
  ['VALUES', parseQueryStatement],
  ['TABLE', parseQueryStatement],
  ['(', parseQueryStatement],
  ['INSERT', parseInsert],
  ['EXECUTE', parseExecute],
  ['STATEMENT', parseStatementSet],
  ['BEGIN', parseStatementSet],
  ['EXPLAIN', parseExplain],
  ['CREATE', parseCreate],
  ['REPLACE', parseReplaceTable],
  ['DROP', parseDrop],
  ['ALTER', parseAlter],
  ['SHOW', parseShow],
  ['DESCRIBE', parseDescribe],
  ['DESC', parseDescribe],
  ['USE', parseUse],
  ['SET', parseSet],
  ['RESET', parseReset],
  ['ADD', parseJar],
  ['REMOVE', parseJar],
]);
