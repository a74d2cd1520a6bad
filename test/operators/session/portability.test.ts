import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Session } from '../../../operators/index.js';

const folder = fileURLToPath(new URL('../../fixtures/portability', import.meta.url));

const SET_UP = `
CREATE TEMPORARY TABLE t (id BIGINT, s STRING) WITH ('connector' = 'datagen', 'number-of-rows' = '3');
${['plain', 'skipping', 'arrow', 'streamed', 'words', 'most']
  .map((name) => `CREATE TEMPORARY FUNCTION ${name} AS 'own_functions.${name}' LANGUAGE PYTHON;`)
  .join('\n')}`;

describe('findings of the portability check', () => {
  let session: Session;
  const notes: string[] = [];

  beforeAll(async () => {
    session = await Session.open({
      configuration: { 'python.files': folder },
      workingDirectory: folder,
      jobFolder: null,
      onLog: () => {},
      onProgress: () => {},
      onNote: (note) => notes.push(note),
      print: async () => {},
      signal: new AbortController().signal,
      python: null,
      mode: null,
    });
    expect(await found(SET_UP)).toEqual([]);
  });

  afterAll(() => session.close());

  async function found(sql: string, version: '2.3' | '1.20' = '2.3'): Promise<string[]> {
    const told: string[] = [];
    for await (const result of session.portability(sql, version)) {
      if (result.kind === 'wrong') throw result.error;
      for (const { rule, effect, line, column } of result.findings)
        told.push(`${rule} ${effect} ${line}:${column}`);
    }
    return told;
  }

  it('are of Flink alone: how long the job would run here is not noted', async () => {
    const endless = "CREATE TEMPORARY TABLE endless (id BIGINT) WITH ('connector' = 'datagen');";
    notes.length = 0;
    expect(await found(`${endless} SELECT id FROM endless;`)).toEqual([]);
    expect(notes).toEqual([]);
  });

  it('are also of OVER in an order of values, which Flink plans in one ascending column and counts otherwise', async () => {
    await found("CREATE TEMPORARY TABLE numbers (n INT, m INT) WITH ('connector' = 'datagen');");
    const over = (call: string, order: string) =>
      found(`SELECT ${call} OVER (ORDER BY ${order}) FROM numbers`);
    expect(await over('SUM(n)', 'm')).toEqual([]);
    expect(await over('SUM(n)', 'm DESC')).toEqual(['over-order refused 1:8']);
    expect(await over('ROW_NUMBER()', 'm, n')).toEqual(['over-order refused 1:8']);
    expect(await over('RANK()', 'm')).toEqual(['over-rank differs 1:8']);
    expect(await over('LAG(n)', 'm')).toEqual(['over-by-value-fails differs 1:8']);
    expect(await over('COUNT(DISTINCT n)', 'm')).toEqual(['over-by-value-fails differs 1:8']);
    const topN = 'SELECT n FROM numbers QUALIFY ROW_NUMBER() OVER (ORDER BY m DESC, n) <= 2';
    expect(await found(topN)).toEqual([]);
  });

  it('has every finding of a script with its place', async () => {
    const sql = `SET 'millstream.memory' = '2 gb';
CREATE OR REPLACE TEMPORARY FUNCTION half(x DOUBLE) RETURNS DOUBLE LANGUAGE PYTHON AS 'x / 2';
SELECT plain(id), half(2),
  arrow(id) FROM t`;
    expect(await found(sql)).toEqual([
      'setting dropped 1:5',
      'replace-function refused 2:1',
      'function-options dropped 3:8',
      'inline-function refused 3:19',
      'batch-format refused 4:3',
    ]);
  });

  it.each([
    ['SELECT skipping(id) FROM t', ['on-error refused 1:8']],
    ['SELECT streamed(id) FROM t', ['batch-format refused 1:8', 'iterator refused 1:8']],
    ['SELECT word FROM t, LATERAL TABLE(words(s))', []],
    ['SELECT s, most(id) FROM t GROUP BY s', []],
    ['SELECT s, most(id), COUNT(*) FROM t GROUP BY s', ['udaf-beside-builtin rewritten 1:11']],
  ])('says of %s: %j', async (sql, expected) => {
    expect(await found(sql)).toEqual(expected);
  });

  it('refuses connectors and catalogs that Millstream alone has', async () => {
    const sql = `CREATE TEMPORARY TABLE lines (line STRING) WITH ('connector' = 'stdin', 'format' = 'raw')`;
    expect(await found(sql)).toEqual(['connector refused 1:50']);
  });

  it('knows what Flink 1.20 does not have yet', async () => {
    const sql = `CREATE OR REPLACE TEMPORARY VIEW v AS SELECT id FROM t`;
    expect(await found(sql, '1.20')).toEqual(['replace-view refused 1:1']);
    expect(await found(sql)).toEqual([]);
  });
});
