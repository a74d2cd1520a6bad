import type { RunInput } from '../../reliability/support/failing-run.js';

/** Some seconds of work in two Python workers, written to a folder that does not exist yet. */
export const SLOW_JOB: RunInput & { readonly sql: string } = {
  sql: `CREATE TEMPORARY FUNCTION slow AS 'functions.slow' LANGUAGE PYTHON;
CREATE TEMPORARY TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '10000000',
  'number-of-rows' = '1000000', 'fields.n.kind' = 'sequence', 'fields.n.start' = '0', 'fields.n.end' = '999999');
CREATE TEMPORARY TABLE o (n BIGINT) WITH ('connector' = 'filesystem', 'path' = 'out/deep', 'format' = 'csv');
INSERT INTO o SELECT slow(n) FROM numbers;
`,
  files: {
    'functions.py': `from millstream import udf


@udf
def slow(n: int) -> int:
    for _ in range(200):
        pass
    return n
`,
  },
};
