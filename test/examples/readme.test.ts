import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { millstream } from '../cli/support/command.js';

const readme = readFileSync('README.md', 'utf8');
const section = readme.slice(readme.indexOf('## Twenty lines'), readme.indexOf('## Why'));
const [, python = '', sql = '', , table = ''] =
  /```python\n(.*?)```.*?```sql\n(.*?)```.*?```sh\n(.*?)```.*?```\n(.*?)```/s.exec(section) ?? [];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'millstream-readme-'));
  writeFileSync(join(folder, 'functions.py'), python);
  writeFileSync(join(folder, 'job.sql'), sql);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('the twenty lines of the README print what the README says', async () => {
  const { stdout, code } = await millstream(['run', join(folder, 'job.sql')]);

  expect(code).toBe(0);
  expect(stdout.toString().trim()).toBe(table.trim());
});

it('every link of the README leads to a file of the repository', () => {
  const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map((match) => match[1]!);

  for (const link of links) expect(() => readFileSync(link), link).not.toThrow(/ENOENT/);
});
