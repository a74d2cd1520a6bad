/** CREATE of views, functions, catalogs and databases; tables have their own file. */
import type { CreateViewStatement, Statement } from '../ast.js';
import { parseCreateFunction } from './create-function.js';
import { parseCreateTable } from './create-table.js';
import type { Cursor } from './cursor.js';
import {
  parseColumnList,
  parseComment,
  parseIdentifier,
  parseIfNotExists,
  parseObjectName,
  parseOptions,
} from './names.js';
import { parseQuery } from './query.js';
import { refusedObject } from './refused.js';

/** The words before the kind of object. */
export interface CreateWords {
  readonly start: number;
  readonly orReplace: boolean;
  /** REPLACE alone: there must be one. */
  readonly replaceOnly: boolean;
  readonly temporary: boolean;
  readonly system: boolean;
}

/** The cursor is at CREATE. */
export function parseCreate(c: Cursor): Statement {
  const start = c.start();
  c.expect('CREATE');
  const replaceSpan = c.peek().span;
  const orReplace = c.isWord('OR') && c.accept('OR', 'REPLACE');
  const temporary = c.isWord('TEMPORARY') && c.accept('TEMPORARY');
  const system = temporary && c.isWord('SYSTEM') && c.accept('SYSTEM');
  if (!system) c.want('TABLE');
  const words = { start, orReplace, replaceOnly: false, temporary, system };
  if (!system && c.isWord('TABLE')) return parseCreateTable(c, words);
  if (orReplace && !c.isWord('FUNCTION') && !c.isWord('VIEW')) {
    const hint = 'It is for tables, views and functions.';
    throw c.unsupported({ start: replaceSpan.start, end: c.start() }, 'OR REPLACE', hint);
  }
  if (c.accept('FUNCTION')) return parseCreateFunction(c, words);
  if (!system && c.accept('VIEW')) return parseCreateView(c, words);
  if (!temporary && c.accept('CATALOG')) return parseCreateCatalog(c, start);
  if (!temporary && c.accept('DATABASE')) return parseCreateDatabase(c, start);
  throw refusedObject(c, 'CREATE') ?? c.unexpected();
}

/** `REPLACE TABLE t … AS query`. The cursor is at REPLACE. */
export function parseReplaceTable(c: Cursor): Statement {
  const start = c.start();
  c.expect('REPLACE');
  if (!c.isWord('TABLE')) throw c.unexpected('TABLE');
  return parseCreateTable(c, { start, orReplace: true, replaceOnly: true, temporary: false, system: false });
}

function parseCreateView(c: Cursor, { start, orReplace, temporary }: CreateWords): CreateViewStatement {
  const ifNotExists = parseIfNotExists(c);
  const name = parseObjectName(c, 'a name for the view');
  const columns = c.isSymbol('(') ? parseColumnList(c) : [];
  const comment = parseComment(c);
  c.expect('AS');
  const query = parseQuery(c);
  return {
    kind: 'create_view',
    orReplace,
    temporary,
    ifNotExists,
    name,
    columns,
    comment,
    query,
    span: c.spanFrom(start),
  };
}

function parseCreateCatalog(c: Cursor, start: number): Statement {
  const ifNotExists = parseIfNotExists(c);
  const name = parseIdentifier(c, 'a name for the catalog');
  const comment = parseComment(c);
  const options = c.accept('WITH') ? parseOptions(c) : [];
  return { kind: 'create_catalog', ifNotExists, name, comment, options, span: c.spanFrom(start) };
}

function parseCreateDatabase(c: Cursor, start: number): Statement {
  const ifNotExists = parseIfNotExists(c);
  const name = parseObjectName(c, 'a name for the database');
  const comment = parseComment(c);
  const options = c.accept('WITH') ? parseOptions(c) : [];
  return { kind: 'create_database', ifNotExists, name, comment, options, span: c.spanFrom(start) };
}
