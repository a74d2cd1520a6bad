import { describe, expect, it } from 'vitest';
import {
  CatalogManager,
  type CatalogText,
  parseExpression,
  parseTypeText,
  SourceError,
  type TableEntry,
  TextCatalog,
} from '../../../core/index.js';

/** A text in memory, as two sessions would share a file. */
function sharedText(text: string | null = null): CatalogText & { text: string | null } {
  return {
    place: 'catalog.json',
    text,
    read() {
      return { text: this.text, mark: String(this.text) };
    },
    update(change) {
      this.text = change(this.text);
    },
  };
}

const TABLE: TableEntry = {
  kind: 'table',
  path: { catalog: 'c', database: 'default', name: 't' },
  columns: [
    {
      kind: 'physical',
      name: 'a',
      type: parseTypeText('ROW<x INT NOT NULL, y DECIMAL(10, 2)>'),
      comment: "it's",
    },
    { kind: 'computed', name: 'b', expression: parseExpression('a.x + 1'), text: 'a.x + 1', comment: null },
    {
      kind: 'metadata',
      name: 'm',
      type: parseTypeText('BIGINT'),
      key: 'offset',
      virtual: true,
      comment: null,
    },
    { kind: 'physical', name: 'ts', type: parseTypeText('TIMESTAMP(3)'), comment: null },
  ],
  watermark: {
    column: 'ts',
    text: "ts - INTERVAL '5' SECOND",
    expression: parseExpression("ts - INTERVAL '5' SECOND"),
  },
  primaryKey: ['ts'],
  partitionedBy: ['ts'],
  comment: 'a table',
  options: { connector: 'filesystem', path: 'x' },
};

describe('a catalog kept as text', () => {
  it('gives another session what this one has put into it, down to the syntax of its expressions', () => {
    const text = sharedText();
    new TextCatalog('c', text, 'default').putRelation('default', TABLE);

    const other = new TextCatalog('d', text, 'default');

    expect(other.relation('default', 't')).toEqual({ ...TABLE, path: { ...TABLE.path, catalog: 'd' } });
  });

  it('shows at once what another session changes', () => {
    const text = sharedText();
    const first = new TextCatalog('c', text, 'default');
    const second = new TextCatalog('c', text, 'default');

    second.createDatabase('more');
    second.putFunction('more', { name: 'Score', target: 'm.score', language: 'PYTHON' });

    expect(first.databases()).toEqual(['default', 'more']);
    expect(first.function('more', 'SCORE')).toMatchObject({ target: 'm.score' });
    second.dropFunction('more', 'score');
    second.dropDatabase('more');
    expect(first.databases()).toEqual(['default']);
  });

  it('keeps the query of a view and the names it was made with', () => {
    const text = sharedText();
    const manager = new CatalogManager();
    manager.createCatalog(new TextCatalog('c', text, 'default'), false);
    const scope = { catalog: 'c', database: 'default' };
    const path = { ...scope, name: 'v' };
    const query = 'SELECT a FROM t';
    text.update(() =>
      JSON.stringify({
        format: 'millstream-catalog',
        version: 1,
        databases: {
          default: {
            relations: { v: { kind: 'view', text: query, columns: ['x'], comment: null, scope } },
            functions: [],
          },
        },
      }),
    );

    expect(manager.relation(path)).toMatchObject({ kind: 'view', text: query, columns: ['x'], scope });
    expect(manager.relation(path)).toHaveProperty('query.kind', 'query');
  });

  it.each([
    ['{', 'it is not JSON'],
    ['{}', "it must have required property 'format'"],
    ['{"format":"millstream-catalog","version":2,"databases":{}}', 'has version 2; this Millstream reads 1'],
    [
      '{"format":"millstream-catalog","version":1,"databases":{"d":{"relations":[],"functions":[]}}}',
      'must be object',
    ],
    [
      '{"format":"millstream-catalog","version":1,"databases":{"d":{"functions":[],"relations":{"v":{"kind":"view","text":"SELECT","columns":null,"comment":null,"scope":{"catalog":"c","database":"d"}}}}}}',
      'd.v does not parse: expected an expression',
    ],
  ])('refuses what is no catalog: %s', (text, message) => {
    const open = () => new TextCatalog('c', sharedText(text), 'default');

    expect(open).toThrow(SourceError);
    expect(open).toThrow(message);
  });
});
