import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { likelyKinds } from '../../cli/early-zygotes.js';

const folder = mkdtempSync(join(tmpdir(), 'millstream-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const FUNCTION = "CREATE TEMPORARY FUNCTION f AS 'm.f' LANGUAGE PYTHON; SELECT f(1)";

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('the zygotes that a command line will need', () => {
  it.each([
    ['SQL without functions', ['run', '-e', 'SELECT 1'], ['relational']],
    ['SQL with a Python function', ['run', '-q', '--execute', FUNCTION], ['function', 'relational']],
    ['an SQL file', ['run', '--format', 'csv', file('job.sql', FUNCTION)], ['function', 'relational']],
    [
      'a job file with functions',
      ['run', file('job.yaml', 'sql: SELECT 1\nfunctions:\n  f: m.f\n')],
      ['function', 'relational'],
    ],
    ['a call of one function', ['udf', 'try', 'functions.py:f', '1'], ['function', 'relational']],
  ])('are known for %s', (_, args, kinds) => {
    expect(likelyKinds(args)).toEqual(kinds);
  });

  it.each([
    ['no job runs', ['explain', '-e', 'SELECT 1']],
    ['only help is shown', ['run', '--help']],
    ['the SQL comes from standard input', ['run', '-']],
    ['the job is a program', ['run', 'job.ts']],
    ['the job cannot be read', ['run', join(folder, 'missing.sql')]],
    ['the command line names a Python', ['run', '-e', 'SELECT 1', '-D', 'python.executable=python3']],
    ['the job names a Python', ['run', '-e', "SET 'python.executable' = 'python3'; SELECT 1"]],
    ['nothing is said', []],
  ])('are not guessed where %s', (_, args) => {
    expect(likelyKinds(args)).toEqual([]);
  });
});
