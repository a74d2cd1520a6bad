/** Statements about the session: SHOW, DESCRIBE, USE, SET, RESET, ADD JAR. */
import type {
  DescribeStatement,
  JarStatement,
  ResetStatement,
  SetStatement,
  ShowObject,
  ShowPattern,
  ShowStatement,
  StringNode,
  UseStatement,
} from '../ast.js';
import type { Cursor } from './cursor.js';
import { parseCommaList, parseIdentifier, parseObjectName, parseString } from './names.js';
import { parsePartition } from './partition.js';
import { refusedObject } from './refused.js';

/** How a kind of SHOW goes on: with the name of its object, with FROM/IN a name, with neither. */
type ShowForm = 'name' | 'from' | 'nothing';

const SHOWS: readonly (readonly [ShowObject, ShowForm])[] = [
  ['CURRENT CATALOG', 'nothing'],
  ['CURRENT DATABASE', 'nothing'],
  ['CATALOGS', 'from'],
  ['DATABASES', 'from'],
  ['TABLES', 'from'],
  ['VIEWS', 'from'],
  ['COLUMNS', 'from'],
  ['CREATE CATALOG', 'name'],
  ['CREATE TABLE', 'name'],
  ['CREATE VIEW', 'name'],
  ['PARTITIONS', 'name'],
  ['USER FUNCTIONS', 'from'],
  ['FUNCTIONS', 'from'],
  ['JARS', 'nothing'],
  ['FULL MODULES', 'nothing'],
  ['MODULES', 'nothing'],
];

/** The cursor is at SHOW. */
export function parseShow(c: Cursor): ShowStatement {
  const start = c.start();
  c.expect('SHOW');
  const found = SHOWS.find(([object]) => c.accept(...object.split(' ')));
  if (found === undefined) throw unknownShow(c);
  const [object, form] = found;
  const name = parseShowName(c, object, form);
  const partition = object === 'PARTITIONS' && c.isWord('PARTITION') ? parsePartition(c) : null;
  const like = form === 'from' ? parsePattern(c, object) : null;
  return { kind: 'show', object, name, like, partition, span: c.spanFrom(start) };
}

function parseShowName(c: Cursor, object: ShowObject, form: ShowForm): ShowStatement['name'] {
  if (form === 'name') return parseObjectName(c);
  if (form === 'nothing' || object === 'CATALOGS') return null;
  const preposition = c.acceptOneOf('FROM', 'IN');
  if (preposition === null && object === 'COLUMNS') throw c.unexpected();
  return preposition === null ? null : parseObjectName(c);
}

/** ILIKE is there for some kinds only, as in Flink. */
function parsePattern(c: Cursor, object: ShowObject): ShowPattern | null {
  const start = c.start();
  const negated = c.isWord('NOT');
  if (negated) c.next();
  const word = ['TABLES', 'VIEWS', 'COLUMNS'].includes(object)
    ? c.acceptOneOf('LIKE')
    : c.acceptOneOf('LIKE', 'ILIKE');
  if (word === null) {
    if (negated) throw c.unexpected();
    return null;
  }
  const pattern = parseString(c, 'a pattern in single quotes');
  return { pattern, ignoreCase: word === 'ILIKE', negated, span: c.spanFrom(start) };
}

function unknownShow(c: Cursor): Error {
  const refused = c.isWord('CREATE') ? refusedObject(c, 'SHOW CREATE', 1) : refusedObject(c, 'SHOW');
  return (
    refused ??
    c.unexpected('TABLES', 'VIEWS', 'FUNCTIONS', 'COLUMNS', 'DATABASES', 'CATALOGS', 'CREATE TABLE')
  );
}

/** The cursor is at DESCRIBE or DESC. */
export function parseDescribe(c: Cursor): DescribeStatement {
  const start = c.start();
  c.next();
  const object = describedObject(c);
  if (c.isWord('TABLE') || object !== 'TABLE') c.next();
  const extended = c.accept('EXTENDED');
  const name = parseObjectName(c, object === 'TABLE' ? 'a table' : 'a name');
  return { kind: 'describe', object, extended, name, span: c.spanFrom(start) };
}

/** CATALOG and DATABASE may also be names of tables. */
function describedObject(c: Cursor): DescribeStatement['object'] {
  const { word } = c.peek();
  const more = ['name', 'word', 'string'].includes(c.peek(1).kind);
  if (more && (word === 'CATALOG' || word === 'DATABASE' || word === 'FUNCTION')) return word;
  const refused = more ? refusedObject(c, 'DESCRIBE') : null;
  if (refused !== null) throw refused;
  return 'TABLE';
}

/** The cursor is at USE. */
export function parseUse(c: Cursor): UseStatement {
  const start = c.start();
  c.expect('USE');
  if (c.accept('MODULES')) {
    const names = parseCommaList(c, () => parseIdentifier(c, 'a module'));
    return { kind: 'use', object: 'MODULES', names, span: c.spanFrom(start) };
  }
  if (c.accept('CATALOG')) {
    const name = parseIdentifier(c, 'a catalog');
    return { kind: 'use', object: 'CATALOG', name, span: c.spanFrom(start) };
  }
  return { kind: 'use', object: 'DATABASE', name: parseObjectName(c, 'a database'), span: c.spanFrom(start) };
}

/** `SET`, `SET 'k' = 'v'`, `SET k = v`. The cursor is at SET. */
export function parseSet(c: Cursor): SetStatement {
  const start = c.start();
  c.expect('SET');
  if (c.isEnd() || c.isSymbol(';')) return { kind: 'set', key: null, value: null, span: c.spanFrom(start) };
  const key = parseSetting(c, "a key in single quotes, SET 'key' = 'value'");
  c.expectSymbol('=');
  const value = parseSetting(c, 'a value in single quotes');
  return { kind: 'set', key, value, span: c.spanFrom(start) };
}

/** `RESET` or `RESET 'k'`. The cursor is at RESET. */
export function parseReset(c: Cursor): ResetStatement {
  const start = c.start();
  c.expect('RESET');
  const all = c.isEnd() || c.isSymbol(';');
  const key = all ? null : parseSetting(c, "a key in single quotes, RESET 'key'");
  return { kind: 'reset', key, span: c.spanFrom(start) };
}

/** A string, or text without quotes and blanks up to `=` or the end of the statement. */
function parseSetting(c: Cursor, what: string): StringNode {
  if (c.peek().kind === 'string') return parseString(c);
  const start = c.start();
  let end = start;
  while (!c.isEnd() && !c.isSymbol(';') && !c.isSymbol('=') && (end === start || c.start() === end)) {
    end = c.next().span.end;
  }
  if (end === start) throw c.unexpected(what);
  return { value: c.sql.slice(start, end), span: { start, end } };
}

/** The cursor is at ADD or REMOVE. */
export function parseJar(c: Cursor): JarStatement {
  const start = c.start();
  const action = c.expectOneOf('ADD', 'REMOVE');
  c.expect('JAR');
  return { kind: 'jar', action, path: parseString(c, 'a path in single quotes'), span: c.spanFrom(start) };
}
