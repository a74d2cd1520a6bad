/** ALTER of views, databases, catalogs and functions; tables have their own file. */
import type { ResetOptions, SetOptions, Statement } from '../ast.js';
import { parseAlterTable } from './alter-table.js';
import { parseLanguage } from './create-function.js';
import type { Cursor } from './cursor.js';
import {
  parseIdentifier,
  parseIfExists,
  parseObjectName,
  parseOptions,
  parseParenthesizedList,
  parseString,
} from './names.js';
import { parseQuery } from './query.js';
import { refusedObject } from './refused.js';

/** The cursor is at ALTER. */
export function parseAlter(c: Cursor): Statement {
  const start = c.start();
  c.expect('ALTER');
  const temporary = c.accept('TEMPORARY');
  const system = temporary && c.accept('SYSTEM');
  if (c.accept('FUNCTION')) return parseAlterFunction(c, start, temporary, system);
  if (temporary) throw c.unexpected();
  if (c.accept('TABLE')) return parseAlterTable(c, start);
  if (c.accept('VIEW')) return parseAlterView(c, start);
  if (c.accept('DATABASE')) return parseAlterDatabase(c, start);
  if (c.accept('CATALOG')) return parseAlterCatalog(c, start);
  throw refusedObject(c, 'ALTER') ?? c.unexpected();
}

/** `('k' = 'v', …)` behind SET. */
export function parseSetOptions(c: Cursor): SetOptions {
  return { kind: 'set_options', options: parseOptions(c) };
}

/** `('k', …)` behind RESET. */
export function parseResetOptions(c: Cursor): ResetOptions {
  return { kind: 'reset_options', keys: parseParenthesizedList(c, () => parseString(c, 'a key')) };
}

function parseAlterView(c: Cursor, start: number): Statement {
  const name = parseObjectName(c, "the view's name");
  if (c.accept('RENAME')) {
    c.expect('TO');
    const to = parseObjectName(c);
    return { kind: 'alter_view', name, action: { kind: 'rename', to }, span: c.spanFrom(start) };
  }
  c.expect('AS');
  const query = parseQuery(c);
  return { kind: 'alter_view', name, action: { kind: 'as', query }, span: c.spanFrom(start) };
}

function parseAlterDatabase(c: Cursor, start: number): Statement {
  const name = parseObjectName(c, "the database's name");
  c.expect('SET');
  return { kind: 'alter_database', name, action: parseSetOptions(c), span: c.spanFrom(start) };
}

function parseAlterCatalog(c: Cursor, start: number): Statement {
  const name = parseIdentifier(c, "the catalog's name");
  const word = c.expectOneOf('SET', 'RESET', 'COMMENT');
  const action =
    word === 'SET'
      ? parseSetOptions(c)
      : word === 'RESET'
        ? parseResetOptions(c)
        : ({ kind: 'comment', comment: parseString(c) } as const);
  return { kind: 'alter_catalog', name, action, span: c.spanFrom(start) };
}

function parseAlterFunction(c: Cursor, start: number, temporary: boolean, system: boolean): Statement {
  const ifExists = parseIfExists(c);
  const name = parseObjectName(c, "the function's name");
  c.expect('AS');
  const path = parseString(c, "the function's path in single quotes");
  const language = parseLanguage(c);
  const base = { kind: 'alter_function', temporary, system, ifExists, name, path, language } as const;
  return { ...base, span: c.spanFrom(start) };
}
