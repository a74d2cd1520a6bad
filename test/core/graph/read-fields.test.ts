import { expect, it } from 'vitest';
import type { SourceStage } from '../../../core/graph/stage-graph.js';
import { addTable, stagesOf, testCatalog } from './planning.js';

const TYPES = {
  event_type: 'INT',
  person: 'ROW<id BIGINT, name STRING>',
  bid: 'ROW<auction BIGINT, price BIGINT>',
};

function columnsRead(sql: string): string[] {
  const catalog = testCatalog();
  addTable(catalog, 'events', TYPES, { connector: 'nexmark', 'events.num': '10' });
  addTable(catalog, 'made_up', TYPES, { connector: 'datagen', 'number-of-rows': '10' });
  const source = stagesOf(sql, 'streaming', catalog).stages.find((stage) => stage.kind === 'source');
  return (source as SourceStage).columns.map(({ name }) => name).sort();
}

it('a source that makes fields one by one is asked for those of a row that a query reads', () => {
  const columns = columnsRead(
    'SELECT b.price + 1 FROM (SELECT bid AS b, event_type AS e FROM events) WHERE e = 2 AND b.auction > 5',
  );

  expect(columns).toEqual(['bid.auction', 'bid.price', 'event_type']);
});

it('a row that is read as a whole, also by its place in a set, stays one', () => {
  expect(columnsRead('SELECT bid, bid.price, person.id FROM events')).toEqual(['bid', 'person.id']);
  expect(
    columnsRead('SELECT x.price FROM (SELECT bid AS x FROM events UNION ALL SELECT bid FROM events) AS t'),
  ).toEqual(['bid']);
});

it('other sources are asked for whole rows', () => {
  expect(columnsRead('SELECT bid.price FROM made_up')).toEqual(['bid']);
});

it('a row of which nothing is read but that it is there stays, where it is all that is read', () => {
  expect(columnsRead('SELECT 1 FROM events')).toHaveLength(1);
});

it('rows that a query reads in several places are asked for by the fields that any of them reads', () => {
  const columns = columnsRead(
    `SELECT p.person.name, b.bid.price FROM events AS p JOIN events AS b ON p.person.id = b.bid.auction
     WHERE p.event_type = 0`,
  );

  expect(columns).toEqual(['bid.auction', 'bid.price', 'event_type', 'person.id', 'person.name']);
});

it('a stream over files has fields in the place of rows before its watermark, and the core does the rest', () => {
  const catalog = testCatalog();
  const options = { connector: 'filesystem', path: 'events.json', format: 'json' };
  addTable(catalog, 'events', { ...TYPES, ts: 'TIMESTAMP(3)' }, options, 'ts');
  const sql = 'SELECT bid.price FROM events WHERE event_type = 2 AND bid.auction > 5 ORDER BY ts';

  const graph = stagesOf(sql, 'streaming', catalog);

  const [scan] = graph.exchanges;
  const kinds = scan!.columns.map(({ type }) => type.kind);
  expect(kinds.sort()).toEqual(['BIGINT', 'BIGINT', 'INT', 'TIMESTAMP']);
  expect(graph.stages.filter(({ kind }) => kind === 'relational')).toHaveLength(1);
});
