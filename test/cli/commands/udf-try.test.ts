import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tryFunction } from '../../../cli/commands/udf-try.js';
import type { FunctionDeclaration } from '../../../core/index.js';
import { fakeSession } from '../support/fake-session.js';
import { batch, columns, rowsResult } from '../support/results.js';

const DECLARATION: FunctionDeclaration = {
  name: 'words',
  kind: 'table',
  batch: null,
  parameters: [
    {
      name: 'text',
      type: 'STRING',
      nullable: false,
      hasDefault: false,
      variadic: false,
      table: null,
      keywordOnly: false,
    },
  ],
  result: 'ROW<`word` STRING, `length` BIGINT>',
  accumulator: null,
  deterministic: true,
  isAsync: false,
  iterator: false,
  mergeable: false,
  retractable: false,
  stateful: false,
  sideOutputs: [],
  analyzes: false,
  options: {},
  target: 'functions.words',
  file: null,
  line: null,
  doc: null,
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millstream-udf-try-'));
  await writeFile(join(folder, 'functions.py'), '');
});
afterAll(() => rm(folder, { recursive: true }));

describe('udf try', () => {
  it('loads the function from its file, calls it and prints a line of JSON for each row', async () => {
    const fake = fakeSession({
      declaration: DECLARATION,
      results: [
        rowsResult({
          columns: columns({ w: 'STRING', n: 'BIGINT' }),
          batches: [
            batch([
              ['"a"', '1'],
              ['"bc"', '2'],
            ]),
          ],
        }),
      ],
    });
    const options = { mode: null, configuration: {}, quiet: false };

    await tryFunction(`${join(folder, 'functions.py')}:words`, ['a bc'], options, fake.context);

    expect(fake.options?.jobFolder).toBe(folder);
    expect(fake.scripts).toEqual([
      "CREATE TEMPORARY SYSTEM FUNCTION `words` AS 'functions.words' LANGUAGE PYTHON;",
      "SELECT t.* FROM (VALUES (0)) AS one_row(zero), LATERAL TABLE(`words`(CAST('a bc' AS STRING))) AS t",
    ]);
    expect(fake.stdout()).toBe('["a",1]\n["bc",2]\n');
    expect(fake.stderr()).toBe('words(text STRING) → ROW<`word` STRING, `length` BIGINT> (table function)\n');
  });
});
