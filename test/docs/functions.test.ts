import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Session } from '../../operators/index.js';

const page = await readFile('docs/functions.md', 'utf8');
const module = [...page.matchAll(/^```python\n(.*?)^```$/gms)].map((match) => match[1]!).join('\n\n');
const examples = [...page.matchAll(/^```sql\n(.*?)^```\n+^```rows\n(.*?)^```$/gms)].map((match) => ({
  sql: match[1]!.trim(),
  line: page.slice(0, match.index).split('\n').length,
  rows: match[2]!.trim().split('\n'),
}));
/** Decorated functions and classes, and names that a decorator's result is assigned to. */
const functions = [
  ...module.matchAll(/^@ud\w+(?:\(.*?\)\n|\n)(?:async )?(?:def|class) (\w+)/gms),
  ...module.matchAll(/^(\w+) = ud\w+\(/gm),
].map((match) => match[1]!);

let session: Session;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millstream-functions-'));
  await writeFile(join(folder, 'functions_page.py'), module);
  session = await Session.open({
    configuration: { 'table.local-time-zone': 'UTC', 'parallelism.default': '1' },
    workingDirectory: folder,
    jobFolder: null,
    onLog: () => {},
    onProgress: () => {},
    onNote: () => {},
    print: async () => {},
    signal: new AbortController().signal,
    python: null,
    mode: null,
  });
  for (const name of new Set(functions)) {
    await rowsOf(`CREATE TEMPORARY FUNCTION ${name} AS 'functions_page.${name}' LANGUAGE PYTHON`);
  }
});
afterAll(async () => {
  await session.close();
  await rm(folder, { recursive: true });
});

it.each(examples)(
  'the query at line $line of the page of functions gives the rows under it',
  async (example) => {
    const rows = await rowsOf(example.sql);

    expect(rows.sort()).toEqual(example.rows.sort());
  },
);

async function rowsOf(sql: string): Promise<string[]> {
  const rows: string[] = [];
  for await (const result of session.execute(sql)) {
    if (result.kind !== 'rows') continue;
    for await (const batch of result.batches()) {
      for (let row = 0; row < batch.rows; row++) {
        rows.push(`[${result.columns.map((_, column) => batch.jsonText(row, column)).join(',')}]`);
      }
    }
  }
  return rows;
}
