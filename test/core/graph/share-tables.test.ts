import { describe, expect, it } from 'vitest';
import { type PlanOptions, STANDARD_CONNECTORS } from '../../../core/graph/plan-options.js';
import type { StageGraph } from '../../../core/graph/stage-graph.js';
import { addTable, shapeOf, stagesOf, testCatalog } from './planning.js';

const SOCKET = { connector: 'datagen', 'rows-per-second': '5' };

function catalog() {
  const made = testCatalog();
  addTable(made, 'clicks', { a: 'INT', b: 'INT', c: '= a + 1', ts: 'TIMESTAMP(3)' }, SOCKET, 'ts');
  addTable(made, 'few', { a: 'BIGINT', b: 'BIGINT' }, { connector: 'datagen', 'number-of-rows': '5' });
  addTable(made, 'held', { a: 'INT' }, { connector: 'held' });
  return made;
}

const CONNECTORS = new Map([
  ...STANDARD_CONNECTORS,
  [
    'held',
    { source: 'rows', sink: null, bounded: () => true, hasPosition: false, isHeld: () => true } as const,
  ],
]);

const graphOf = (
  sql: string,
  mode: StageGraph['mode'] = 'streaming',
  options: Pick<PlanOptions, 'sharing'> = {},
) => stagesOf(sql, mode, catalog(), { connectors: CONNECTORS, ...options });

const setOf = (...queries: string[]) =>
  `EXECUTE STATEMENT SET BEGIN ${queries.map((query) => `INSERT INTO screen ${query};`).join(' ')} END`;

const sourcesOf = (graph: StageGraph) => graph.stages.filter(({ kind }) => kind === 'source').length;

describe('a table that the core makes, over a stream', () => {
  it('is read once by the queries of a statement set, with the columns that any of them reads', () => {
    const graph = graphOf(setOf('SELECT n FROM ticks WHERE n > 1', 'SELECT CHAR_LENGTH(s) FROM ticks'));

    expect(shapeOf(graph)).toEqual([
      'source-1 datagen ticks [2 columns]',
      'stream-2 calc < source-1',
      'sink-3 print < stream-2',
      'relational-4 read input_0, project < source-1',
      'sink-5 print < relational-4',
    ]);
  });

  it('has its computed columns and its watermark once, also for who reads no time', () => {
    const graph = graphOf(
      setOf(
        'SELECT b FROM clicks',
        "SELECT COUNT(c) FROM TABLE(TUMBLE(TABLE clicks, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end",
      ),
    );

    expect(shapeOf(graph)).toEqual([
      'source-1 datagen clicks [3 columns]',
      'stream-2 calc < source-1',
      'stream-3 watermark < stream-2',
      'stream-4 calc < stream-3',
      'sink-5 print < stream-4',
      'stream-6 calc < stream-3',
      'stream-7 aggregate < stream-6',
      'sink-8 print < stream-7',
    ]);
  });

  it.each([
    ['a join with itself', 'SELECT x.n FROM ticks x JOIN ticks y ON x.n = y.n'],
    ['a union with itself', 'SELECT n FROM ticks UNION ALL SELECT n + 1 FROM ticks'],
    ['a subquery', 'SELECT n FROM ticks WHERE n IN (SELECT n + 1 FROM ticks)'],
    ['a common table', 'WITH w AS (SELECT n, s FROM ticks) SELECT x.n FROM w x JOIN w y ON x.s = y.s'],
  ])('is read once by %s', (_, sql) => {
    expect(sourcesOf(graphOf(sql))).toBe(1);
  });

  it('is another table with other options', () => {
    const hint = "/*+ OPTIONS('rows-per-second' = '1') */";
    expect(sourcesOf(graphOf(setOf('SELECT n FROM ticks', `SELECT n FROM ticks ${hint}`)))).toBe(2);
  });

  it.each(['plans', 'none'] as const)('is read by each where %s may be shared', (sharing) => {
    const sql = setOf('SELECT n FROM ticks', 'SELECT n + 1 FROM ticks');
    expect(sourcesOf(graphOf(sql, 'streaming', { sharing }))).toBe(2);
  });

  it('is handed on as it is to who takes its columns where they are', () => {
    expect(shapeOf(graphOf(setOf('SELECT n FROM ticks', 'SELECT n FROM ticks')))).toEqual([
      'source-1 datagen ticks [1 columns]',
      'sink-2 print < source-1',
      'sink-3 print < source-1',
    ]);
  });
});

describe('a file with a watermark, over a stream', () => {
  const files = catalog();
  const options = { connector: 'filesystem', path: 'visits.json', format: 'json' };
  addTable(files, 'visits', { a: 'INT', b: 'INT', ts: 'TIMESTAMP(3)' }, options, 'ts');
  const kindsOf = (sql: string) =>
    stagesOf(sql, 'streaming', files).stages.map(({ kind, description }) =>
      kind === 'stream' ? description : kind,
    );
  const hop = "TABLE(HOP(TABLE visits, DESCRIPTOR(ts), INTERVAL '1' SECOND, INTERVAL '5' SECOND))";
  const counts = `SELECT a, COUNT(*) AS n, window_start, window_end FROM ${hop} GROUP BY a, window_start, window_end`;

  it('is scanned once, since no condition is pushed below time', () => {
    const kinds = kindsOf(
      'SELECT x.a FROM visits AS x JOIN visits AS y ON x.a = y.b AND x.ts = y.ts WHERE y.a > 1',
    );

    expect(kinds.filter((kind) => kind === 'relational' || kind === 'watermark')).toEqual([
      'relational',
      'watermark',
    ]);
  });

  it('is put into equal groups of windows once', () => {
    const most = `SELECT MAX(n) AS n, window_start, window_end FROM (${counts}) GROUP BY window_start, window_end`;
    const kinds = kindsOf(
      `SELECT c.a FROM (${counts}) AS c JOIN (${most}) AS m ON c.window_start = m.window_start AND c.window_end = m.window_end AND c.n = m.n`,
    );

    expect(kinds.filter((kind) => kind === 'hop')).toHaveLength(1);
  });
});

describe('in batch', () => {
  it('the rows that the core makes are written to a file, which each query reads', () => {
    expect(shapeOf(graphOf(setOf('SELECT a FROM few', 'SELECT b FROM few WHERE a > 1'), 'batch'))).toEqual([
      'source-1 datagen few [2 columns]',
      'sink-2 print < source-1 (spill)',
      'relational-3 read input_0, filter, project < source-1 (spill)',
      'sink-4 print < relational-3',
    ]);
  });

  it('what the program holds is given to each, and files are read by each', () => {
    expect(sourcesOf(graphOf(setOf('SELECT a FROM held', 'SELECT a + 1 FROM held'), 'batch'))).toBe(2);
    const files = graphOf(setOf('SELECT a FROM t WHERE a > 1', 'SELECT a FROM t'), 'batch');
    expect(
      files.stages.filter((stage) => stage.kind === 'relational' && stage.files.length > 0),
    ).toHaveLength(2);
  });
});
