import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderError } from '../../../cli/errors/render-error.js';
import { JobError } from '../../../cli/job/job-error.js';
import { readJobFile } from '../../../cli/job/job-file.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millstream-job-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function sqlOf(text: string): Promise<string> {
  return (await readJobFile({ name: 'job.yaml', text }, folder)).source.text;
}

async function problemOf(text: string): Promise<string> {
  try {
    await readJobFile({ name: 'job.yaml', text }, folder);
  } catch (error) {
    if (error instanceof JobError) return renderError(error, error.source, false);
    throw error;
  }
  throw new Error('the job file was accepted');
}

describe('a job file', () => {
  it('stands for settings, functions, tables and statements in SQL', async () => {
    const text = `
mode: batch
resources: { memory: 2 GB, parallelism: 2 }
environment:
  executable: python3.12
  files: [lib.zip, src]
options:
  table.local-time-zone: UTC
functions:
  score: { target: functions.score, memory: 256 MB }
  plain: functions.plain
tables:
  people:
    columns:
      id: BIGINT NOT NULL
      name: STRING
      shout: AS UPPER(name)
    options: { connector: filesystem, path: it's here, format: csv }
sql: |
  SELECT score(id) FROM people;
`;

    expect(await sqlOf(text)).toBe(
      [
        "SET 'execution.runtime-mode' = 'batch';",
        "SET 'millstream.memory' = '2 GB';",
        "SET 'parallelism.default' = '2';",
        "SET 'python.executable' = 'python3.12';",
        "SET 'python.files' = 'lib.zip,src';",
        "SET 'table.local-time-zone' = 'UTC';",
        "SET 'millstream.function.score.memory' = '256 MB';",
        "CREATE TEMPORARY FUNCTION `score` AS 'functions.score' LANGUAGE PYTHON;",
        "CREATE TEMPORARY FUNCTION `plain` AS 'functions.plain' LANGUAGE PYTHON;",
        'CREATE TEMPORARY TABLE `people` (',
        '  `id` BIGINT NOT NULL,',
        '  `name` STRING,',
        '  `shout` AS UPPER(name)',
        ') WITH (',
        "  'connector' = 'filesystem',",
        "  'path' = 'it''s here',",
        "  'format' = 'csv'",
        ');',
        'SELECT score(id) FROM people;',
        '',
      ].join('\n'),
    );
  });

  it('may be JSON', async () => {
    expect(await sqlOf('{"sql": "SELECT 1"}')).toBe('SELECT 1');
  });

  it('may list its statements', async () => {
    expect(await sqlOf("sql:\n  - SET 'a' = 'b';\n  - SELECT 1\n")).toBe("SET 'a' = 'b';\nSELECT 1;");
  });

  it('may keep its statements in a file beside it', async () => {
    await writeFile(join(folder, 'job.sql'), 'SELECT 2;');
    expect(await sqlOf('sql: { file: job.sql }')).toBe('SELECT 2;');
  });

  it('says which file it could not read', async () => {
    expect(await problemOf('sql: { file: nosuch.sql }')).toBe(
      `Error JOB_NOT_READABLE: ${join(folder, 'nosuch.sql')}, named by \`sql.file\` in job.yaml, cannot be read\n` +
        'The path is relative to the job file.',
    );
  });
});

describe('a job file that does not fit', () => {
  it('is shown with the unknown key and the near ones', async () => {
    expect(await problemOf('sql: SELECT 1\nfunctoins:\n  f: m.f\n')).toBe(
      [
        'Error JOB_FILE_INVALID in job.yaml, line 2, column 1: the job file has no key `functoins`',
        '  2 | functoins:',
        '    | ^^^^^^^^^',
        'Did you mean `functions`?',
      ].join('\n'),
    );
  });

  it('is shown with the value of the wrong type', async () => {
    expect(await problemOf('sql: SELECT 1\nresources:\n  parallelism: two\n')).toBe(
      [
        'Error JOB_FILE_INVALID in job.yaml, line 3, column 16: `resources.parallelism` must be of type integer',
        '  3 |   parallelism: two',
        '    |                ^^^',
      ].join('\n'),
    );
  });

  it.each([
    ['options: {}', 'the job file needs the key `sql`'],
    ['sql: SELECT 1\nmode: fast', '`mode` must be one of batch, streaming'],
    ['sql: SELECT 1\nfunctions: { f: score }', '`functions.f` must be `module.attribute`'],
    ['sql: SELECT 1\ntables: { t: { columns: { a: INT } } }', '`tables.t` needs the key `options`'],
    ['sql: SELECT 1\nfunctions: { f: { memory: 1 GB } }', '`functions.f` needs the key `target`'],
    ['', 'the job file is empty'],
    ['- sql', 'the job file is not a mapping of keys to values'],
  ])('%j: %s', async (text, message) => {
    expect(await problemOf(text)).toContain(message);
  });

  it('is shown with the place of a syntax error', async () => {
    const text = await problemOf('sql: [SELECT 1\nmode: batch\n');
    expect(text).toMatch(/^Error JOB_FILE_SYNTAX in job\.yaml, line \d+, column \d+: /);
    expect(text).toContain('\n    | ');
    expect(text).toContain('A job file is YAML or JSON.');
  });
});
