/** One Python process with DuckDB that runs rendered SQL for tests. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseExactly } from '../../support/exact-json.js';

/** What a query gave: the values of its first column, or why it failed. */
export type QueryResult =
  | { readonly values: readonly unknown[]; readonly type: string }
  | { readonly error: string };

/** Runs `setup`, then each of `queries` by itself, in one DuckDB in memory with the time zone UTC. */
export function runInDuckDb(setup: readonly string[], queries: readonly string[]): readonly QueryResult[] {
  const script = fileURLToPath(new URL('./run_cases.py', import.meta.url));
  const done = spawnSync(testPython(), [script], {
    input: JSON.stringify({ setup, queries }),
    env: { ...process.env, PYTHONPATH: fileURLToPath(new URL('../../../python-udf', import.meta.url)) },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (done.status !== 0) throw new Error(`The DuckDB process failed: ${done.stderr || done.error?.message}`);
  return parseExactly(done.stdout) as QueryResult[];
}

/** The interpreter of the tests. @throws where there is none: they cannot be skipped. */
export function testPython(): string {
  const own = fileURLToPath(new URL('../../../.venv/bin/python', import.meta.url));
  const found = process.env.MILLSTREAM_PYTHON ?? (existsSync(own) ? own : null);
  if (found === null) {
    throw new Error(
      'These tests need Python with duckdb and pyarrow: run `npm run setup`, or set MILLSTREAM_PYTHON.',
    );
  }
  return found;
}
