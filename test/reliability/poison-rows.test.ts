/** Rows that end the worker or raise, one among many: what becomes of them, and of the others. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { endOf, JobFolder } from './support/failing-run.js';

const ROWS = 20_000;

describe.skipIf(process.platform !== 'linux')('a row that a function fails on', { timeout: 90_000 }, () => {
  it('costs that row: a crash, a time limit and an exception beside each other', async () => {
    const { code, stdout, stderr, letters, table } = await run(`
      SELECT COUNT(*), COUNT(c), SUM(c), SUM(h), SUM(r) FROM
      (SELECT crashes(n) AS c, hangs(n) AS h, raises(n) AS r FROM numbers)`);

    expect(code, stderr).toBe(0);
    const sum = ((ROWS - 1) * ROWS) / 2;
    // The row that hangs and the one that raises are left out; the one that crashes is NULL in one column.
    const left = sum - HANGS - RAISES;
    expect(JSON.parse(String(stdout))).toEqual({
      op: '+I',
      row: [ROWS - 2, ROWS - 3, left - CRASHES, left, left],
    });
    const letter = {
      function: 'raises',
      code: 'UDF_EXCEPTION',
      attempt: 1,
      message: expect.stringContaining('ValueError: no'),
      traceback: expect.stringContaining('in raises'),
    };
    expect(letters).toEqual([expect.objectContaining({ ...letter, row: { n: String(RAISES) } })]);
    expect(table).toEqual([{ ...letter, row: `{"n":"${RAISES}"}` }]);
    expect(stderr).toContain('crashes: 1 row given as NULL (1 WORKER_CRASH)\n');
    expect(stderr).toContain('hangs: 1 row left out (1 UDF_TIMEOUT)\n');
    expect(stderr).toMatch(
      /raises: 1 row left out \(1 ValueError\), see table failed and \S+letters\.jsonl\n/,
    );
  });

  it('fails the job where there are more of them than max_errors allows, and shows nothing in the table', async () => {
    const { code, stderr, letters, table } = await run(
      "SET 'millstream.function.raises.max_errors' = '0'; SELECT SUM(raises(n)) FROM numbers",
    );

    expect(code).toBe(1);
    expect(stderr).toMatch(
      /Error UDF_TOO_MANY_ERRORS: Function raises failed on 1 of \d+ rows; it may fail on 0 rows at most\. The last failure: Function `raises` failed/,
    );
    expect(letters).toHaveLength(1);
    expect(table).toEqual([]);
  });

  it('is left out of an aggregate in two phases, whether it raises or crashes', async () => {
    const { code, stdout, stderr } = await run('SELECT total(n) FROM numbers');

    expect(code, stderr).toBe(0);
    const row = [((ROWS - 1) * ROWS) / 2 - CRASHES - RAISES];
    expect(JSON.parse(String(stdout))).toEqual({ op: '+I', row });
    expect(stderr).toMatch(
      /total: 2 rows left out \(1 (ValueError, 1 WORKER_CRASH|WORKER_CRASH, 1 ValueError)\)\n/,
    );
  });

  it('is left out of its group in an aggregate in one phase, whether it raises or crashes', async () => {
    const { code, stdout, stderr } = await run(
      'SELECT n / 5000 AS k, total(n) FROM numbers GROUP BY n / 5000',
    );

    expect(code, stderr).toBe(0);
    const lines = String(stdout).trim().split('\n');
    const rows = lines.map((line): unknown => JSON.parse(line).row).sort();
    const sum = (key: number) => key * 5_000 * 5_000 + (4_999 * 5_000) / 2;
    expect(rows).toEqual([
      [0, sum(0) - RAISES],
      [1, sum(1) - CRASHES],
      [2, sum(2)],
      [3, sum(3)],
    ]);
    expect(stderr).toMatch(
      /total: 2 rows left out \(1 (ValueError, 1 WORKER_CRASH|WORKER_CRASH, 1 ValueError)\)\n/,
    );
  });

  it('fails the job at the first death of a worker where replay is False', async () => {
    const { code, stderr } = await run(
      "SET 'millstream.function.crashes.replay' = 'false'; SELECT SUM(crashes(n)) FROM numbers",
    );

    expect(code).toBe(1);
    expect(stderr).toMatch(/Error WORKER_CRASH/);
    expect(stderr).not.toContain('A fresh worker');
  });
});

const CRASHES = 7_777;
const HANGS = 12_345;
const RAISES = 4_321;

async function run(query: string) {
  const input = { sql: `${JOB}${query};`, files: { 'functions.py': FUNCTIONS } };
  const folder = await JobFolder.make(input);
  try {
    const { code, stdout, stderr } = await endOf(folder.start(input));
    const letters = await objectsOf(join(folder.path, 'letters.jsonl'));
    const parts = await readdir(join(folder.path, 'failed')).catch(() => []);
    const table = await Promise.all(parts.map((part) => objectsOf(join(folder.path, 'failed', part))));
    return { code, stdout, stderr, letters, table: table.flat() };
  } finally {
    await folder.remove();
  }
}

/** The lines of a file of JSON; none where there is no file. */
async function objectsOf(file: string): Promise<unknown[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line): unknown => JSON.parse(line));
}

const FUNCTIONS = `import os
import signal
import time
from millstream import AggregateFunction, udaf, udf


@udf(on_error="null")
def crashes(n: int) -> int:
    if n == ${CRASHES}:
        os.kill(os.getpid(), signal.SIGSEGV)
    return n


@udf(on_error="skip", timeout="200 ms")
def hangs(n: int) -> int:
    if n == ${HANGS}:
        time.sleep(1_000)
    return n


@udf(on_error="dead_letter")
def raises(n: int) -> int:
    if n == ${RAISES}:
        raise ValueError("no")
    return n


class Total(AggregateFunction):
    def create_accumulator(self) -> list[int]:
        return [0]

    def accumulate(self, total: list[int], n: int) -> None:
        total[0] += n
        crashes(n)
        raises(n)

    def merge(self, total: list[int], others) -> None:
        for other in others:
            total[0] += other[0]

    def get_value(self, total: list[int]) -> int:
        return total[0]


total = udaf(Total(), on_error="skip")
`;

const JOB = `CREATE TEMPORARY FUNCTION crashes AS 'functions.crashes' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION hangs AS 'functions.hangs' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION raises AS 'functions.raises' LANGUAGE PYTHON;
CREATE TEMPORARY FUNCTION total AS 'functions.total' LANGUAGE PYTHON;
CREATE TABLE failed (\`function\` STRING, code STRING, \`row\` STRING, attempt INT, message STRING, traceback STRING)
  WITH ('connector' = 'filesystem', 'path' = 'failed', 'format' = 'json');
SET 'millstream.dead-letter.path' = 'letters.jsonl';
SET 'millstream.function.raises.dead_letter_table' = 'failed';
CREATE TEMPORARY TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '10000000',
  'number-of-rows' = '${ROWS}', 'fields.n.kind' = 'sequence', 'fields.n.start' = '0', 'fields.n.end' = '${ROWS - 1}');
`;
