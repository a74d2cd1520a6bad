import { expect, test } from 'vitest';
import { explainGraph } from '../../../core/graph/explain-graph.js';
import type { StageGraph } from '../../../core/graph/stage-graph.js';
import { addTable, stagesOf, testCatalog } from './planning.js';

function graphOf(sql: string): StageGraph {
  const catalog = testCatalog();
  const options = { connector: 'datagen' };
  addTable(catalog, 'e', { k: 'STRING', v: 'INT', ts: 'TIMESTAMP(3)' }, options, 'ts');
  addTable(catalog, 'r', { k: 'STRING', w: 'INT', ts: 'TIMESTAMP(3)' }, options, 'ts');
  addTable(catalog, 'rates', { k: 'STRING', w: 'INT', ts: 'TIMESTAMP(3)' }, options, 'ts', ['k']);
  return stagesOf(sql, 'streaming', catalog);
}

/** What each stage does, and of the core's operators how. */
function operatorsOf(sql: string): string[] {
  const text = explainGraph(graphOf(sql));
  const stages = text.split('\n\n').map((stage) => {
    const [head] = stage.split('\n');
    const how = /^ {2}operator (.*)$/m.exec(stage)?.[1];
    return how === undefined || head!.endsWith('calc') ? head! : `${head}: ${how}`;
  });
  return stages.map((stage) => stage.replace(/^[a-z]+-\d+: /, ''));
}

const WINDOW = "TABLE(TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '1' MINUTE))";

test('a window aggregate waits for its window, and nothing of it needs a worker', () => {
  const sql = `SELECT window_start, k, SUM(v) FROM ${WINDOW} WHERE v > 1 GROUP BY window_start, window_end, k`;
  expect(operatorsOf(sql)).toEqual([
    'datagen e',
    'watermark: time c2, watermark c2',
    'calc',
    'aggregate: SUM(c1) -> INT by c2, c3, c0, once c5 has passed',
    'collect',
  ]);
});

test('a window is one also behind a query that passes its edges on under other names', () => {
  const inner = `SELECT k, v, window_start AS s, window_end AS e FROM ${WINDOW}`;
  const grouped = operatorsOf(`SELECT s, k, SUM(v) FROM (${inner}) GROUP BY s, e, k`);
  expect(grouped.find((stage) => stage.startsWith('aggregate'))).toMatch(/once c\d has passed$/);
  const pairs = operatorsOf(
    `SELECT a.v FROM (${inner}) AS a LEFT JOIN (${inner}) AS b ON a.s = b.s AND a.e = b.e AND a.k = b.k`,
  );
  expect(pairs.find((stage) => stage.startsWith('join'))).toMatch(/left rows are kept for 0 ms/);
});

test('a condition does not keep rows from moving time on', () => {
  const stages = operatorsOf('SELECT v FROM e WHERE v > 1 ORDER BY ts');
  expect(stages.indexOf('calc')).toBeGreaterThan(stages.findIndex((stage) => stage.startsWith('watermark')));
});

test('groups without their whole window change', () => {
  const [sink] = graphOf(`SELECT window_start, COUNT(*) FROM ${WINDOW} GROUP BY window_start`).stages.slice(
    -1,
  );
  expect(sink).toMatchObject({ kind: 'sink', change: expect.any(Number) });
});

test('one row of a key by time is kept by less than a ranking', () => {
  const ranked = (order: string, n: number) =>
    operatorsOf(
      `SELECT k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ${order}) AS rn FROM e) WHERE rn <= ${n}`,
    ).find((stage) => /^(first row|last row|rank)/.test(stage));
  expect(ranked('ts', 1)).toBe('first row: of c2 by c0');
  expect(ranked('ts DESC', 1)).toBe('last row: of c2 by c0');
  expect(ranked('v DESC', 3)).toBe('rank: rows 1 to 3 by c0 in the order of c1 DESC');
});

test('a subquery whose window reads the rows of one outer row counts them for each', () => {
  const exists = (inner: string) => () =>
    operatorsOf(`SELECT v FROM e WHERE EXISTS (SELECT 1 FROM r WHERE r.k = e.k ${inner})`);
  expect(exists('')()).toContain('join: semi on c0 = r0');
  expect(exists('QUALIFY ROW_NUMBER() OVER (ORDER BY ts) = 1')()).toContainEqual(
    expect.stringMatching(/^sorted over: .* by c\d+ in the order of c\d+$/),
  );
});

test('a join whose times bound each other forgets', () => {
  const join = (on: string) =>
    operatorsOf(`SELECT e.v, r.w FROM e JOIN r ON ${on}`).find((stage) => stage.startsWith('join'));
  expect(join("e.k = r.k AND e.ts BETWEEN r.ts AND r.ts + INTERVAL '1' HOUR")).toMatch(
    /left rows are kept for 0 ms, right rows are kept for 3600000 ms$/,
  );
  expect(join('e.k = r.k')).toBe('join: inner on c0 = r0');
});

test('a result that changes cannot be written to files', () => {
  expect(() => graphOf('INSERT INTO results SELECT COUNT(*), k FROM e GROUP BY k')).toThrow(
    'Writing rows that change later to table results is not supported in streaming mode.',
  );
});

test('one row alone under a primary key is told by the watermarks of all tables', () => {
  const catalog = testCatalog();
  const options = { connector: 'datagen' };
  addTable(catalog, 'e', { k: 'STRING', g: 'STRING', ts: 'TIMESTAMP(3)' }, options, 'ts');
  addTable(catalog, 'plain', { k: 'STRING', g: 'STRING' }, options);
  addTable(catalog, 'up', { k: 'STRING', n: 'BIGINT' }, { connector: 'print' }, undefined, ['k']);
  const kinds = (query: string) =>
    stagesOf(`INSERT INTO up ${query}`, 'streaming', catalog).stages.flatMap((stage) =>
      stage.kind === 'stream' ? [stage.operator.kind] : [],
    );
  const counts = (table: string, keys: string) => `SELECT k, COUNT(*) FROM ${table} GROUP BY ${keys}`;

  expect(kinds(`${counts('e', 'k, g')} ON CONFLICT DO NOTHING`)).toContain('conflict');
  expect(kinds(`${counts('e', 'k, g')} ON CONFLICT DO DEDUPLICATE`)).toContain('upsert');
  expect(kinds(`${counts('e', 'k')} ON CONFLICT DO ERROR`)).not.toContain('conflict');
  expect(() => kinds('SELECT k, CHAR_LENGTH(g) FROM e ON CONFLICT DO ERROR')).toThrow(
    'ON CONFLICT is for tables in which a row takes the place of another one, and table up gets rows that are only added.',
  );
  expect(() => kinds(`${counts('plain', 'k, g')} ON CONFLICT DO ERROR`)).toThrow(
    'ON CONFLICT DO ERROR over table plain, which has no WATERMARK, is not supported in streaming mode.',
  );
});

test('a temporal join finds versions by the key of a table, or of the last row of each key', () => {
  const last =
    'WITH last_r AS (SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS n FROM r) WHERE n = 1)';
  const join = (right: string, on: string) =>
    operatorsOf(`${last} SELECT e.v, x.w FROM e LEFT JOIN ${right} FOR SYSTEM_TIME AS OF e.ts AS x ON ${on}`);
  const versions = 'temporal join: left on c0 = r0, versions since r2 as of c2';
  expect(join('rates', 'e.k = x.k')).toContain(versions);
  expect(join('last_r', 'e.k = x.k').filter((stage) => /join|rank|last/.test(stage))).toEqual([versions]);
});

test('a ranking by processing time is one by the order in which rows come; the first of each key is final', () => {
  const ranked = (order: string, condition: string, from = 'e') => {
    const numbered = `SELECT k, ROW_NUMBER() OVER (PARTITION BY k ORDER BY pt ${order}) AS n FROM (SELECT *, PROCTIME() AS pt FROM ${from})`;
    return graphOf(`SELECT k FROM (${numbered}) WHERE n ${condition}`).stages.flatMap((stage) =>
      stage.kind === 'stream' && stage.operator.kind === 'rank' ? [stage.operator] : [],
    );
  };
  const order = (rank: ReturnType<typeof ranked>) => rank.map((each) => [each.order, each.isLatestFirst]);
  const changes = (rank: ReturnType<typeof ranked>) => rank[0]!.outputs.some(({ kind }) => kind === 'change');
  expect(order(ranked('', '<= 2'))).toEqual([[[], undefined]]);
  expect(order(ranked('DESC', '= 1'))).toEqual([[[], true]]);
  expect([changes(ranked('', '= 1')), changes(ranked('DESC', '= 1'))]).toEqual([false, true]);
  expect(() => ranked('', '= 1', '(SELECT k, COUNT(*) FROM e GROUP BY k)')).toThrow(/of rows that change/);
});

test('OVER and ORDER BY by processing time need no time of the rows', () => {
  const by = (sql: string) => operatorsOf(sql).filter((stage) => /^(over|sort|rank)/.test(stage));
  const counted = (frame: string) =>
    by(`SELECT COUNT(*) OVER (PARTITION BY k ORDER BY PROCTIME() ${frame}) FROM r`);
  expect(counted('')).toEqual([
    'over: COUNT() -> BIGINT NOT NULL ROWS UNBOUNDED PRECEDING by c0 in the order of arrival',
  ]);
  expect(counted("RANGE INTERVAL '1' HOUR PRECEDING")).toEqual([
    'over: COUNT() -> BIGINT NOT NULL RANGE 3600000 ms PRECEDING by c0 in the order of arrival',
  ]);
  expect(by('SELECT k FROM r ORDER BY PROCTIME()')).toEqual([]);
  expect(by('SELECT k FROM r ORDER BY PROCTIME(), w DESC')).toEqual([
    'sort: c1 DESC within each millisecond of arrival',
  ]);
  expect(by('SELECT k FROM r ORDER BY PROCTIME() DESC LIMIT 2')).toEqual([
    'rank: rows 1 to 2, the last that came first',
  ]);
  const changing = '(SELECT k, COUNT(*) AS n FROM e GROUP BY k)';
  expect(() => by(`SELECT SUM(n) OVER (ORDER BY PROCTIME()) FROM ${changing}`)).toThrow(
    'OVER of rows that change',
  );
  expect(() => by(`SELECT k FROM ${changing} ORDER BY PROCTIME()`)).toThrow('of rows that change');
});

test('OVER by something else than one time is counted in an order of values, over rows that change too', () => {
  const by = (sql: string) => operatorsOf(sql).filter((stage) => /^(sorted over|rank)/.test(stage));
  expect(by('SELECT SUM(v) OVER (PARTITION BY k ORDER BY v DESC, ts) FROM e')).toEqual([
    expect.stringMatching(
      /^sorted over: SUM\(c\d\) -> \S+ RANGE UNBOUNDED PRECEDING by c\d in the order of c\d DESC, c\d$/,
    ),
  ]);
  expect(by('SELECT RANK() OVER (ORDER BY n) FROM (SELECT k, COUNT(*) AS n FROM e GROUP BY k)')).toEqual([
    expect.stringMatching(/^sorted over: RANK\(c\d\) -> /),
  ]);
  expect(() => by('SELECT SUM(v) OVER (ORDER BY ts, v ROWS 2 PRECEDING) FROM e')).toThrow(
    'A bounded frame of OVER by something else than one ascending time',
  );
});

test('RANK compares event times and counts arrivals, and LAG has a constant offset', () => {
  const ranked = (call: string) => () => operatorsOf(`SELECT ${call} OVER (ORDER BY ts) FROM r`);
  expect(ranked('RANK()')()).toContainEqual(expect.stringContaining('over: RANK(c0) -> '));
  expect(operatorsOf('SELECT RANK() OVER (ORDER BY PROCTIME()) FROM r')).toContainEqual(
    expect.stringContaining('over: COUNT() -> '),
  );
  expect(ranked('LAG(w, w)')).toThrow('LAG by something else than a constant number of rows');
  expect(ranked('LAG(w, 2)')()).toContainEqual(expect.stringContaining('over: LAG('));
});

test('a temporal join refuses what has no versions, and whose key ON does not name', () => {
  const refused = (from: string) => expect(() => graphOf(`SELECT e.v FROM ${from}`));
  refused('e JOIN r FOR SYSTEM_TIME AS OF e.ts ON e.k = r.k').toThrow(/requires a primary key/);
  refused('e JOIN rates FOR SYSTEM_TIME AS OF e.ts ON e.v = rates.w').toThrow(/primary key .* k is not/);
  refused('e JOIN rates FOR SYSTEM_TIME AS OF rates.ts ON e.k = rates.k').toThrow();
  refused('e RIGHT JOIN rates FOR SYSTEM_TIME AS OF e.ts ON e.k = rates.k').toThrow(/INNER or LEFT/);
  refused("e JOIN rates FOR SYSTEM_TIME AS OF e.ts + INTERVAL '1' DAY ON e.k = rates.k").toThrow(
    /a time attribute of its left side only/,
  );
});

test('a join as of processing time asks for rows by key, of tables that can be asked', () => {
  const refused = (from: string) => expect(() => graphOf(`SELECT * FROM ${from}`));
  const stream = '(SELECT *, PROCTIME() AS pt FROM e) AS e';
  const asked = 'FOR SYSTEM_TIME AS OF e.pt AS t ON';
  refused(`${stream} JOIN t ${asked} e.k = t.b`).toThrow(/its connector 'filesystem' looks up no rows/);
  refused(`${stream} JOIN t ${asked} e.v > t.a`).toThrow(/requires an equality condition/);
  refused(`${stream} JOIN t ${asked} e.k = UPPER(t.b)`).toThrow(/requires an equality condition/);
  refused(`${stream} JOIN t ${asked} t.b = 'x'`).toThrow(/requires an equality condition/);
  refused(`${stream} JOIN t ${asked} CAST(e.v AS BIGINT) = t.c`).toThrow(/requires an equality condition/);
  refused(`${stream} LEFT JOIN t ${asked} TRUE`).toThrow(/requires an equality condition/);
  refused(`${stream} FULL JOIN t ${asked} e.k = t.b`).toThrow(/INNER or LEFT/);
  refused(`${stream} JOIN rates ${asked.replace('AS t', 'AS r')} e.k = r.k`).toThrow(/that has a WATERMARK/);
  refused(`e JOIN t FOR SYSTEM_TIME AS OF PROCTIME() ON e.k = t.b`).toThrow(
    /a time attribute of its left side only/,
  );
});

const HOP = "TABLE(HOP(TABLE e, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '5' MINUTE))";

test('windows that overlap are made of slices, under a condition and in any order of keys', () => {
  const stages = operatorsOf(
    `SELECT window_end, k, SUM(v) FROM ${HOP} WHERE v > 1 GROUP BY window_start, window_time, k, window_end`,
  );
  expect(stages.slice(-3)).toEqual([
    'calc',
    'hop: SUM(c1) -> INT by c0 in windows of 300000 ms every 60000 ms of c3',
    'collect',
  ]);
});

test.each([
  ['rows are told apart within it', 'COUNT(DISTINCT v)', HOP],
  ['what is aggregated is of the window', 'MAX(window_start)', HOP],
  ['it is no such window', 'SUM(v)', HOP.replace('HOP', 'CUMULATE')],
])('a row is copied into each of its windows where %s', (_, call, windows) => {
  const stages = operatorsOf(`SELECT ${call} FROM ${windows} GROUP BY k, window_start, window_end`);
  expect(stages.filter((stage) => stage.startsWith('hop'))).toEqual([]);
});
