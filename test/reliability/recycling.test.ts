/** Workers that are replaced while a job runs: what it gives must be what it gives without. */
import { describe, expect, it } from 'vitest';
import { endOf, JobFolder } from './support/failing-run.js';

const ROWS = 100_000;
const INPUT = {
  sql: `SET 'millstream.worker.recycle.rows' = '20000';
SET 'millstream.batch.rows' = '5000';
SET 'parallelism.default' = '1';
CREATE TEMPORARY FUNCTION process_of AS 'functions.process_of' LANGUAGE PYTHON;
CREATE TEMPORARY TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '${ROWS}',
  'rows-per-second' = '50000', 'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '${ROWS}');
SELECT COUNT(DISTINCT p) > 1 AS several, SUM(n) AS total FROM (SELECT n, process_of(n) AS p FROM numbers);`,
  files: {
    'functions.py':
      'import os\n\nfrom millstream import udf\n\n\n@udf(deterministic=False)\ndef process_of(n: int) -> int:\n    return os.getpid()\n',
  },
  args: ['--format', 'jsonl'],
};

describe('workers that are recycled by rows', () => {
  it('lose no row and double none', async () => {
    const folder = await JobFolder.make(INPUT);
    try {
      const { code, stdout, stderr } = await endOf(folder.start(INPUT));

      expect(code, stderr).toBe(0);
      expect(JSON.parse(stdout.toString())).toEqual({ op: '+I', row: [true, (ROWS * (ROWS + 1)) / 2] });
      expect(stderr).toMatch(/worker w\d+ is replaced by a fresh one after \d+ rows/);
    } finally {
      await folder.remove();
    }
  });
});
