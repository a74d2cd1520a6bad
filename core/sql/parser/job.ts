/** Statements that run a query: SELECT, INSERT, statement sets, EXECUTE, EXPLAIN. */
import type {
  ConflictBehavior,
  ExplainDetail,
  ExplainStatement,
  InsertStatement,
  QueryStatement,
  StatementSetStatement,
} from '../ast.js';
import type { Cursor } from './cursor.js';
import { parseHints } from './hints.js';
import { parseColumnList, parseObjectName } from './names.js';
import { parsePartition } from './partition.js';
import { parseQuery } from './query.js';

/** A query as a statement. */
export function parseQueryStatement(c: Cursor): QueryStatement {
  const start = c.start();
  const query = parseQuery(c);
  return { kind: 'query_statement', query, span: c.spanFrom(start) };
}

/** INSERT INTO | OVERWRITE. */
export function parseInsert(c: Cursor): InsertStatement {
  const start = c.start();
  c.expect('INSERT');
  const overwrite = c.expectOneOf('INTO', 'OVERWRITE') === 'OVERWRITE';
  const table = parseObjectName(c, 'a table');
  const hints = parseHints(c);
  const partition = c.isWord('PARTITION') ? parsePartition(c) : null;
  const listed = c.isSymbol('(') && !atQueryInParentheses(c);
  const columns = listed ? parseColumnList(c) : null;
  const query = parseQuery(c);
  const onConflict = parseOnConflict(c);
  return {
    kind: 'insert',
    overwrite,
    table,
    hints,
    partition,
    columns,
    query,
    onConflict,
    span: c.spanFrom(start),
  };
}

/** ON CONFLICT DO …; null where nothing is said. */
function parseOnConflict(c: Cursor): ConflictBehavior | null {
  if (!c.isWord('ON') || !c.isWord('CONFLICT', 1)) return null;
  c.expect('ON');
  c.expect('CONFLICT', 'DO');
  return c.expectOneOf('DEDUPLICATE', 'ERROR', 'NOTHING') as ConflictBehavior;
}

function atQueryInParentheses(c: Cursor): boolean {
  let ahead = 0;
  while (c.isSymbol('(', ahead)) ahead++;
  return ['SELECT', 'WITH', 'VALUES', 'TABLE'].includes(c.peek(ahead).word);
}

/** EXECUTE STATEMENT SET, EXECUTE INSERT, EXECUTE query. */
export function parseExecute(c: Cursor): StatementSetStatement | InsertStatement | QueryStatement {
  const start = c.start();
  c.expect('EXECUTE');
  if (c.isWord('PLAN'))
    throw c.unsupported(c.peek().span, 'EXECUTE PLAN', 'Jobs are planned when they run: execute their text.');
  return { ...parseRunnable(c), span: c.spanFrom(start) };
}

/** `STATEMENT SET BEGIN …; END` or `BEGIN STATEMENT SET; …; END`. */
export function parseStatementSet(c: Cursor): StatementSetStatement {
  const start = c.start();
  const outer = c.accept('BEGIN');
  c.expect('STATEMENT', 'SET');
  if (outer) c.expectSymbol(';');
  else c.expect('BEGIN');
  const statements: InsertStatement[] = [];
  do {
    statements.push(parseInsert(c));
    if (!c.isSymbol(';')) throw c.unexpected("';'");
    while (c.acceptSymbol(';'));
  } while (c.isWord('INSERT'));
  c.want('INSERT');
  c.expect('END');
  return { kind: 'statement_set', statements, span: c.spanFrom(start) };
}

const DETAILS: readonly ExplainDetail[] = [
  'ESTIMATED_COST',
  'CHANGELOG_MODE',
  'JSON_EXECUTION_PLAN',
  'PLAN_ADVICE',
];

/** EXPLAIN [PLAN FOR | details] statement. */
export function parseExplain(c: Cursor): ExplainStatement {
  const start = c.start();
  c.expect('EXPLAIN');
  const details: ExplainDetail[] = [];
  if (c.accept('PLAN')) {
    c.expect('FOR');
  } else {
    let span = c.peek().span;
    let detail = c.acceptOneOf(...DETAILS);
    while (detail !== null) {
      if (details.includes(detail)) throw c.error(span, `EXPLAIN names ${detail} twice`);
      details.push(detail);
      const more = c.acceptSymbol(',');
      span = c.peek().span;
      detail = more ? c.expectOneOf(...DETAILS) : null;
    }
  }
  const statement = parseRunnable(c);
  return { kind: 'explain', details, statement, span: c.spanFrom(start) };
}

function parseRunnable(c: Cursor): QueryStatement | InsertStatement | StatementSetStatement {
  if (c.isWord('INSERT')) return parseInsert(c);
  if (c.isWord('STATEMENT')) return parseStatementSet(c);
  if (c.isWord('EXECUTE')) return c.nested(() => parseExecute(c));
  if (c.isWord('CREATE')) {
    throw c.unsupported(c.peek().span, 'EXPLAIN CREATE TABLE', 'Explain the query behind AS.');
  }
  c.want('INSERT');
  c.want('STATEMENT SET');
  return parseQueryStatement(c);
}
