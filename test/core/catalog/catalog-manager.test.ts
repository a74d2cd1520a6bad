import { beforeEach, expect, test } from 'vitest';
import type { TableEntry } from '../../../core/catalog/catalog.js';
import { CatalogManager } from '../../../core/catalog/catalog-manager.js';
import { MemoryCatalog } from '../../../core/catalog/memory-catalog.js';

let catalog: CatalogManager;

beforeEach(() => {
  catalog = new CatalogManager();
});

function table(name: string, connector = 'filesystem'): TableEntry {
  return {
    kind: 'table',
    path: catalog.qualify([name]),
    columns: [],
    watermark: null,
    primaryKey: null,
    partitionedBy: [],
    comment: null,
    options: { connector },
  };
}

const PERMANENT = { temporary: false, ifNotExists: false };
const TEMPORARY = { temporary: true, ifNotExists: false };

test('a temporary table hides the permanent one until it is dropped', () => {
  catalog.createRelation(table('t'), PERMANENT);
  catalog.createRelation(table('t', 'datagen'), TEMPORARY);
  const path = catalog.qualify(['t']);

  expect(catalog.relation(path)).toMatchObject({ options: { connector: 'datagen' } });
  expect(catalog.relations()).toHaveLength(1);
  expect(() => catalog.dropRelation(path, 'table', { temporary: false, ifExists: false })).toThrow(
    'temporary table',
  );

  catalog.dropRelation(path, 'table', { temporary: true, ifExists: false });

  expect(catalog.relation(path)).toMatchObject({ options: { connector: 'filesystem' } });
});

test('names are taken unless the statement says IF NOT EXISTS', () => {
  expect(catalog.createRelation(table('t'), PERMANENT)).toBe(true);
  expect(() => catalog.createRelation(table('t'), PERMANENT)).toThrow('exists already');
  expect(catalog.createRelation(table('t'), { temporary: false, ifNotExists: true })).toBe(false);
});

test('names of tables are case-sensitive and unknown ones are told with near names', () => {
  catalog.createRelation(table('flights'), PERMANENT);

  expect(catalog.relation(catalog.qualify(['Flights']))).toBeNull();
  expect(catalog.unknownRelation(catalog.qualify(['flihgts'])).hint).toBe('Did you mean flights?');
});

test('functions are found without regard to case, temporary ones first', () => {
  const add = (target: string, scope: 'catalog' | 'temporary' | 'temporary_system') =>
    catalog.createFunction(['Score'], { target, language: 'PYTHON' }, { scope, ifNotExists: false });
  add('m.permanent', 'catalog');
  add('m.temporary', 'temporary');
  add('m.system', 'temporary_system');

  expect(catalog.catalogFunction(['SCORE'])).toMatchObject({ name: 'Score', target: 'm.temporary' });
  expect(catalog.systemFunction('score')).toMatchObject({ target: 'm.system' });
  expect(catalog.functions().map((entry) => entry.target)).toEqual(['m.system']);

  catalog.dropFunction(['score'], { scope: 'temporary', ifExists: false });

  expect(catalog.catalogFunction(['score'])).toMatchObject({ target: 'm.permanent' });
  expect(() => catalog.dropFunction(['scores'], { scope: 'temporary', ifExists: false })).toThrow(
    'no function scores',
  );
});

test('USE changes where unqualified names are looked up', () => {
  catalog.createCatalog(new MemoryCatalog('lake', 'main'), false);
  catalog.useCatalog('lake');
  catalog.createDatabase(['raw'], false);
  catalog.useDatabase(['raw']);

  expect(catalog.qualify(['t'])).toEqual({ catalog: 'lake', database: 'raw', name: 't' });
  expect(catalog.qualify(['main', 't'])).toEqual({ catalog: 'lake', database: 'main', name: 't' });
  expect(() => catalog.useDatabase(['rav'])).toThrow('There is no database lake.rav');
  expect(() => catalog.useCatalog('lak')).toThrow('There is no catalog lak');
});

test('a database that is in use or not empty is not dropped', () => {
  const how = { ifExists: false, cascade: false };
  catalog.createDatabase(['other'], false);
  catalog.createRelation({ ...table('t'), path: catalog.qualify(['other', 't']) }, PERMANENT);

  expect(() => catalog.dropDatabase(['default_database'], how)).toThrow('current database');
  expect(() => catalog.dropDatabase(['other'], how)).toThrow('not empty');

  catalog.dropDatabase(['other'], { ifExists: false, cascade: true });

  expect(catalog.databases()).toEqual(['default_database']);
});
