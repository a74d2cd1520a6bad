/** Queries that a batch computes in DuckDB and Python, and a stream in the core: the rows are the same, row by row written here. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MillstreamError } from '../../core/index.js';
import { Session } from '../../operators/index.js';
import { rowsOf } from './case-outcome.js';

const ROWS = {
  a: [
    { id: 1, k: 'x', s: 'one', v: 3, d: '1.50', f: 1e10, ts: '2024-05-01 10:00:00' },
    { id: 2, k: 'x', s: 'tw"o', v: null, d: null, f: null, ts: '2024-05-01 10:00:01' },
    { id: 3, k: 'y', s: 'é', v: 5, d: '0.20', f: 0.5, ts: '2024-05-01 10:00:02' },
    { id: 4, k: 'x', s: 'three', v: 3, d: '2.00', f: -2, ts: '2024-05-01 10:00:31' },
    { id: 5, k: null, s: 'four', v: 1, d: '7.00', f: 3, ts: '2024-05-01 10:00:33' },
    { id: 6, k: null, s: 'five', v: 1, d: null, f: null, ts: '2024-05-01 10:01:01' },
  ],
  b: [
    { id: 1, k: 'x', v: 3 },
    { id: 2, k: 'x', v: 3 },
    { id: 3, k: null, v: 1 },
    { id: 4, k: 'z', v: 9 },
  ],
};
const TIMED = "TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '30' SECOND)";
const SUMS = '(SELECT k, SUM(v) AS n FROM a GROUP BY k)';

const EQUAL: readonly (readonly [sql: string, rows: readonly string[]])[] = [
  ['SELECT k, v FROM a INTERSECT ALL SELECT k, v FROM b', ['["x",3]', '["x",3]', '[null,1]']],
  ['SELECT k FROM a INTERSECT ALL SELECT k FROM b', ['["x"]', '["x"]', '[null]']],
  ['SELECT k, v FROM a EXCEPT ALL SELECT k, v FROM b', ['["x",null]', '["y",5]', '[null,1]']],
  ['SELECT k FROM a EXCEPT ALL SELECT k FROM b', ['["x"]', '["y"]', '[null]']],
  ['SELECT v FROM b EXCEPT ALL SELECT CAST(f AS BIGINT) FROM a', ['[1]', '[3]', '[9]']],
  [`SELECT n FROM ${SUMS} INTERSECT ALL SELECT v * 2 FROM b`, ['[2]', '[6]']],
  [`SELECT n FROM ${SUMS} EXCEPT ALL SELECT v FROM b WHERE v > 4`, ['[2]', '[5]', '[6]']],
  ['SELECT k, JSON_ARRAYAGG(v) FROM a GROUP BY k', ['["x","[3,3]"]', '["y","[5]"]', '[null,"[1,1]"]']],
  [
    'SELECT k, JSON_ARRAYAGG(v NULL ON NULL), JSON_ARRAYAGG(d ABSENT ON NULL) FROM a GROUP BY k',
    ['["x","[3,null,3]","[1.50,2.00]"]', '["y","[5]","[0.20]"]', '[null,"[1,1]","[7.00]"]'],
  ],
  [
    "SELECT JSON_ARRAYAGG(s), JSON_ARRAYAGG(f), JSON_ARRAYAGG(v > 2), JSON_ARRAYAGG(ts) FROM a WHERE k = 'x'",
    [
      String.raw`["[\"one\",\"tw\\\"o\",\"three\"]","[1.0E+10,-2.0]","[true,true]","[\"2024-05-01T10:00:00\",\"2024-05-01T10:00:01\",\"2024-05-01T10:00:31\"]"]`,
    ],
  ],
  [
    "SELECT k, JSON_ARRAYAGG(JSON_OBJECT('v' VALUE v)), JSON_ARRAYAGG(JSON(CONCAT('{\"b\": 1, \"a\": ', CAST(id AS STRING), '}'))) FROM a WHERE id < 4 GROUP BY k",
    [
      String.raw`["x","[{\"v\":3},{\"v\":null}]","[{\"a\":1,\"b\":1},{\"a\":2,\"b\":1}]"]`,
      String.raw`["y","[{\"v\":5}]","[{\"a\":3,\"b\":1}]"]`,
    ],
  ],
  ["SELECT k, JSON_ARRAYAGG(NULLIF(v, 5)) FROM a WHERE k = 'y' GROUP BY k", ['["y","[]"]']],
  [
    'SELECT k, JSON_OBJECTAGG(KEY s VALUE v) FROM a GROUP BY k',
    [
      String.raw`["x","{\"one\":3,\"three\":3,\"tw\\\"o\":null}"]`,
      String.raw`["y","{\"é\":5}"]`,
      String.raw`[null,"{\"five\":1,\"four\":1}"]`,
    ],
  ],
  [
    'SELECT JSON_OBJECTAGG(s VALUE JSON_ARRAY(v, d) ABSENT ON NULL), JSON_OBJECTAGG(s VALUE f ABSENT ON NULL) FROM a WHERE id < 3',
    [String.raw`["{\"one\":[3,1.50],\"tw\\\"o\":[]}","{\"one\":1.0E+10}"]`],
  ],
  [
    `SELECT window_start, JSON_ARRAYAGG(v), JSON_OBJECTAGG(s VALUE v) FROM ${TIMED} WHERE id > 2 GROUP BY window_start, window_end`,
    [
      String.raw`["2024-05-01 10:00:00","[5]","{\"é\":5}"]`,
      String.raw`["2024-05-01 10:00:30","[3,1]","{\"four\":1,\"three\":3}"]`,
      String.raw`["2024-05-01 10:01:00","[1]","{\"five\":1}"]`,
    ],
  ],
  [
    `SELECT k, JSON_ARRAYAGG(n), JSON_OBJECTAGG(KEY COALESCE(k, 'none') VALUE n) FROM ${SUMS} GROUP BY k`,
    [
      String.raw`["x","[6]","{\"x\":6}"]`,
      String.raw`["y","[5]","{\"y\":5}"]`,
      String.raw`[null,"[2]","{\"none\":2}"]`,
    ],
  ],
  [
    'SELECT k, GROUPING(k), JSON_ARRAYAGG(v) FROM a WHERE id IN (1, 3) GROUP BY GROUPING SETS ((k), ())',
    ['["x",0,"[3]"]', '["y",0,"[5]"]', '[null,1,"[3,5]"]'],
  ],
  ['SELECT PERCENTILE(v, 0.5, id), PERCENTILE(v, ARRAY[0, 0.5, 1], id - 3) FROM a', ['[1,[1,1,3]]']],
  [
    'SELECT k, PERCENTILE(v, 0.3, CAST(NULL AS INT)) FROM a GROUP BY k',
    ['["x",null]', '["y",null]', '[null,null]'],
  ],
  ["SELECT id, (SELECT v FROM b WHERE id = 4) FROM a WHERE k = 'x'", ['[1,9]', '[2,9]', '[4,9]']],
  ['SELECT id, (SELECT v FROM b WHERE id > 4) FROM a WHERE id = 1', ['[1,null]']],
  [
    'SELECT id, (SELECT b.k FROM b WHERE b.id = a.id) FROM a',
    ['[1,"x"]', '[2,"x"]', '[3,null]', '[4,"z"]', '[5,null]', '[6,null]'],
  ],
  [
    'SELECT id FROM a WHERE v < (SELECT b.v FROM b WHERE b.id = a.id + 1) OR v = (SELECT v FROM b WHERE id = 3)',
    ['[3]', '[5]', '[6]'],
  ],
  [
    `SELECT id, (SELECT n FROM ${SUMS} AS z WHERE z.k = b.k) FROM b`,
    ['[1,6]', '[2,6]', '[3,null]', '[4,null]'],
  ],
  [
    'SELECT a.id, b.id FROM a LEFT JOIN b ON a.k = b.k AND a.v > 2',
    ['[1,1]', '[1,2]', '[2,null]', '[3,null]', '[4,1]', '[4,2]', '[5,null]', '[6,null]'],
  ],
  [
    "SELECT a.id, b.id FROM a FULL JOIN b ON a.id = b.id AND (a.v = b.v OR b.k = 'z' AND a.k IS NOT NULL)",
    ['[1,1]', '[2,null]', '[3,null]', '[4,4]', '[5,null]', '[6,null]', '[null,2]', '[null,3]'],
  ],
  [
    'SELECT a.id, b.id FROM a LEFT JOIN b ON a.k = b.k AND a.d > b.v - 1.6 AND a.id + b.id < 6',
    ['[1,1]', '[1,2]', '[2,null]', '[3,null]', '[4,1]', '[5,null]', '[6,null]'],
  ],
  ['SELECT id FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.k = a.k AND b.v + a.id > 6)', ['[4]']],
  [
    'SELECT id FROM a WHERE NOT EXISTS (SELECT 1 FROM b WHERE b.k = a.k AND (b.v + a.id > 6 OR a.v IS NULL))',
    ['[1]', '[3]', '[5]', '[6]'],
  ],
  [
    'SELECT b.id, l.m, l.n FROM b, LATERAL (SELECT MAX(a.v) AS m, COUNT(*) AS n FROM a WHERE a.k = b.k) AS l',
    ['[1,3,3]', '[2,3,3]', '[3,null,0]', '[4,null,0]'],
  ],
  [
    'SELECT b.id, l.id FROM b LEFT JOIN LATERAL (SELECT a.id FROM a WHERE a.k = b.k ORDER BY a.id DESC LIMIT 2) AS l ON TRUE',
    ['[1,2]', '[1,4]', '[2,2]', '[2,4]', '[3,null]', '[4,null]'],
  ],
  [
    'SELECT b.id, l.n FROM b, LATERAL (SELECT SUM(a.v) AS n FROM a WHERE a.id < b.id AND a.v > 1) AS l WHERE b.id > 1',
    ['[2,3]', '[3,3]', '[4,8]'],
  ],
];

const FAILING: readonly (readonly [sql: string, problem: string])[] = [
  ['SELECT id, (SELECT v FROM b) FROM a', 'A subquery used as a value gave more than one row.'],
  [
    'SELECT id, (SELECT b.v FROM b WHERE b.k = a.k) FROM a',
    'A subquery used as a value gave more than one row.',
  ],
  ['SELECT k, SINGLE_VALUE(v) FROM a GROUP BY k', 'SINGLE_VALUE is given more than one row.'],
  [
    "SELECT JSON_OBJECTAGG(k VALUE v) FROM a WHERE k = 'x'",
    "JSON_OBJECTAGG: the key 'x' comes twice in a group",
  ],
  ['SELECT JSON_OBJECTAGG(k VALUE v) FROM a WHERE id > 4', 'JSON_OBJECTAGG: a key is NULL'],
];

describe.each(['batch', 'streaming'] as const)('a %s', (mode) => {
  const notes: string[] = [];
  let folder = '';
  let session: Session;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millstream-modes-'));
    session = await openSession(folder, mode, notes);
  });
  afterAll(async () => {
    await session.close();
    await rm(folder, { recursive: true });
  });

  it.each(EQUAL)('gives of %s', async (sql, rows) => {
    expect((await rowsOf(session, sql)).sort()).toEqual(rows);
    expect(notes.filter((note) => mode === 'streaming' && note.includes('batch'))).toEqual([]);
  });

  it.each(FAILING)('fails in %s', async (sql, problem) => {
    const error = await rowsOf(session, sql).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(MillstreamError);
    expect(error).toMatchObject({ code: 'SQL_EXECUTION', message: expect.stringContaining(problem) });
    if (mode === 'streaming') expect((error as MillstreamError).details.line).toBe(1);
  });
});

async function openSession(folder: string, mode: 'batch' | 'streaming', notes: string[]): Promise<Session> {
  // A job with checkpoints is a stream, although its sources end.
  const stream = {
    'execution.checkpointing.interval': '1 h',
    'execution.checkpointing.dir': join(folder, 'checkpoints'),
  };
  const session = await Session.open({
    configuration: { 'table.local-time-zone': 'UTC', ...(mode === 'streaming' ? stream : {}) },
    workingDirectory: folder,
    jobFolder: folder,
    onLog: () => {},
    onProgress: () => {},
    onNote: (note) => notes.push(String(note)),
    print: async () => {},
    signal: new AbortController().signal,
    python: null,
    mode,
  });
  const columns = {
    a: "id BIGINT, k STRING, s STRING, v INT, d DECIMAL(10, 2), f DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND",
    b: 'id BIGINT, k STRING, v INT',
  };
  for (const [name, rows] of Object.entries(ROWS)) {
    await writeFile(join(folder, `${name}.json`), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    await rowsOf(
      session,
      `CREATE TEMPORARY TABLE ${name} (${columns[name as keyof typeof columns]})
       WITH ('connector' = 'filesystem', 'path' = '${name}.json', 'format' = 'json')`,
    );
  }
  return session;
}
