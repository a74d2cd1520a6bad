import { describe, expect, it } from 'vitest';
import type { PlanOptions } from '../../../core/graph/plan-options.js';
import type { StageGraph } from '../../../core/graph/stage-graph.js';
import { addTable, shapeOf, stagesOf, testCatalog } from './planning.js';

function catalog() {
  const made = testCatalog();
  addTable(made, 'clicks', { a: 'INT', ts: 'TIMESTAMP(3)' }, { connector: 'datagen' }, 'ts');
  return made;
}

const setOf = (queries: readonly string[]) =>
  `EXECUTE STATEMENT SET BEGIN ${queries.map((query) => `INSERT INTO screen ${query};`).join(' ')} END`;

const shape = (
  queries: readonly string[],
  mode: StageGraph['mode'] = 'streaming',
  options: Pick<PlanOptions, 'sharing'> = {},
) => shapeOf(stagesOf(setOf(queries), mode, catalog(), options));

const countOf = (lines: readonly string[], kind: string) =>
  lines.filter((line) => line.split(' < ')[0]!.includes(kind)).length;

const GROUPED = '(SELECT n AS x, COUNT(*) AS c FROM ticks GROUP BY n)';

const CALLED = '(SELECT inc(n) AS f FROM ticks)';

describe('over a stream, what two queries do alike', () => {
  it('is done by the same stages, whose rows go to both', () => {
    expect(shape(['SELECT n + 1 FROM ticks WHERE n > 1', 'SELECT n + 1 FROM ticks WHERE n > 1'])).toEqual([
      'source-1 datagen ticks [1 columns]',
      'stream-2 calc < source-1',
      'sink-3 print < stream-2',
      'sink-4 print < stream-2',
    ]);
  });

  it.each([
    ['a grouping', [`SELECT c FROM ${GROUPED}`, `SELECT c FROM ${GROUPED} WHERE c > 3`], 'aggregate'],
    [
      'a call of Python',
      [`SELECT f + 1 FROM ${CALLED} WHERE f > 1`, `SELECT f FROM ${CALLED} WHERE f > 2`],
      'inc',
    ],
    [
      'a call that may give something else each time',
      ['SELECT dice(n) FROM ticks', 'SELECT dice(n) FROM ticks'],
      'dice',
    ],
    [
      'a join',
      [
        'SELECT x.n FROM ticks AS x JOIN clicks AS y ON x.n = y.a',
        'SELECT SUM(x.n) FROM ticks AS x JOIN clicks AS y ON x.n = y.a',
      ],
      'join',
    ],
  ])('is one: %s', (_, queries, kind) => {
    expect(countOf(shape(queries), kind)).toBe(1);
  });

  it('is one for a query that reads it twice', () => {
    const lines = shape([`SELECT l.c FROM ${GROUPED} AS l JOIN ${GROUPED} AS r ON l.x = r.c`]);

    expect(lines.filter((line) => line.includes('aggregate'))).toEqual(['stream-2 aggregate < source-1']);
    expect(lines.find((line) => line.includes('join'))).toMatch(/ < stream-2 < stream-2$/);
  });

  it('is two where conditions were pushed into it, over one table', () => {
    const lines = shape([`SELECT c FROM ${GROUPED} WHERE x = 1`, `SELECT c FROM ${GROUPED} WHERE x = 2`]);

    expect(countOf(lines, 'aggregate')).toBe(2);
    expect(countOf(lines, 'datagen')).toBe(1);
  });

  it('keeps shapes that are one operator whole: a ranking with its end, an order with its limit', () => {
    const ranked = (n: number) =>
      `SELECT n FROM (SELECT n, ROW_NUMBER() OVER (PARTITION BY s ORDER BY n DESC) AS r FROM ticks) AS t WHERE r <= ${n}`;
    expect(countOf(shape([ranked(1), ranked(2)]), 'rank')).toBe(2);
    expect(countOf(shape([ranked(2), ranked(2)]), 'rank')).toBe(1);
    const first = (n: number) => `SELECT n FROM ticks ORDER BY n LIMIT ${n}`;
    expect(countOf(shape([first(1), first(2)]), 'rank')).toBe(2);
    const hop = "TABLE(HOP(TABLE clicks, DESCRIPTOR(ts), INTERVAL '1' SECOND, INTERVAL '5' SECOND))";
    const counted = (what: string) => `SELECT ${what} FROM ${hop} GROUP BY window_start, window_end`;
    expect(countOf(shape([counted('SUM(a)'), counted('COUNT(*)')]), 'hop')).toBe(2);
  });

  it('is done for each row of an enclosing query where it reads one, also for equal subqueries', () => {
    const least = '(SELECT MIN(c.a) FROM clicks AS c WHERE c.a = t.n)';
    const lines = shape([`SELECT n FROM ticks AS t WHERE n < ${least} AND n + 1 < ${least} + 2`]);

    expect(lines.at(-1)).toMatch(/^sink/);
    expect(countOf(lines, 'datagen')).toBe(2);
  });

  it('is the rows of a query and the values that its subquery reads of them', () => {
    const least = '(SELECT MIN(c.a) FROM clicks AS c WHERE c.a > t.n)';

    expect(countOf(shape([`SELECT n FROM ticks AS t WHERE n < ${least}`]), 'datagen')).toBe(2);
  });

  it('is done for each where that is asked for', () => {
    const queries = ['SELECT SUM(n) FROM ticks', 'SELECT SUM(n) FROM ticks'];
    expect(countOf(shape(queries, 'streaming', { sharing: 'plans' }), 'aggregate')).toBe(1);
    expect(countOf(shape(queries, 'streaming', { sharing: 'none' }), 'aggregate')).toBe(2);
  });

  it('is read from its files by each where it only filters them', () => {
    const queries = ['SELECT a FROM t WHERE c > 1', 'SELECT a FROM t WHERE c > 1'];
    expect(shape(queries)).toEqual([
      'relational-1 scan t, filter, project',
      'sink-2 print < relational-1',
      'relational-3 scan t, filter, project',
      'sink-4 print < relational-3',
    ]);
  });
});

describe('in batch', () => {
  it('what two queries group or join alike is computed once, and written to a file', () => {
    const grouped = 'SELECT COUNT(*) AS n FROM t JOIN u ON t.a = u.a GROUP BY t.b';
    const lines = shape([`SELECT n FROM (${grouped}) AS g`, `SELECT n + 1 FROM (${grouped}) AS g`], 'batch');

    expect(lines).toEqual([
      'relational-1 scan t, scan u, inner join, aggregate',
      'sink-2 print < relational-1 (spill)',
      'relational-3 read input_0, project < relational-1 (spill)',
      'sink-4 print < relational-3',
    ]);
  });

  it('rows that two queries sort alike are in that order in the files of both', () => {
    const insert = 'INSERT INTO results SELECT a, b FROM t ORDER BY b;';
    const { stages } = stagesOf(`EXECUTE STATEMENT SET BEGIN ${insert} ${insert} END`, 'batch');

    const orders = stages.map(
      (stage) => stage.kind === 'relational' && [stage.sink !== null, stage.keepsOrder],
    );
    expect(orders).toEqual([
      [false, true],
      [true, true],
      [true, true],
    ]);
  });

  it('what two queries call Python for is called once', () => {
    expect(
      countOf(
        shape(
          [`SELECT f + 1 FROM ${CALLED} WHERE f > 1`, `SELECT f FROM ${CALLED} WHERE f > 2`].map((query) =>
            query.replace('(n)', '(a)').replace('ticks', 't'),
          ),
          'batch',
        ),
        'inc',
      ),
    ).toBe(1);
  });

  it('a query of DuckDB alone is left to DuckDB', () => {
    const grouped = '(SELECT a, COUNT(*) AS n FROM t GROUP BY a)';
    const query = `SELECT l.n FROM ${grouped} AS l JOIN ${grouped} AS r ON l.a = r.n`;
    expect(shape([query], 'batch')).toHaveLength(2);
  });
});
