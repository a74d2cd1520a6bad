/** A function that prints for long: nothing waits for it, nothing grows, and what is left out is counted. */
import { describe, expect, it } from 'vitest';
import { endOf, JobFolder } from '../reliability/support/failing-run.js';
import { childrenOf, holdingOf, workersOf } from './support/process-table.js';
import { until } from './support/until.js';

const ROWS = Number(process.env.MILLSTREAM_ROWS ?? 10_000);
/** Half of each row's megabyte goes through `print`, half past it. */
const FUNCTIONS = `import os

from millstream import udf

TEXT = "x" * 999
LINES = (TEXT.encode() + b"\\n") * 500


@udf
def chatter(n: int) -> int:
    for _ in range(500):
        print(TEXT)
    os.write(1, LINES)
    return n
`;
const INPUT = {
  sql: `SET 'parallelism.default' = '1';
SET 'millstream.batch.rows' = '50';
CREATE TEMPORARY FUNCTION chatter AS 'functions.chatter' LANGUAGE PYTHON;
CREATE TEMPORARY TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '${ROWS}',
  'rows-per-second' = '10000000', 'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '${ROWS}');
SELECT SUM(chatter(n)) AS total FROM numbers;
`,
  files: { 'functions.py': FUNCTIONS },
};
const MOST_GROWTH_BYTES = 96 << 20;

describe.skipIf(process.platform !== 'linux')(`a function that prints ${ROWS / 1_000} GB`, () => {
  it('ends as if it had printed nothing, with memory flat and every line shown or counted', {
    timeout: 3_600_000,
  }, async () => {
    const folder = await JobFolder.make(INPUT);
    try {
      const child = folder.start(INPUT);
      const end = endOf(child);
      const pids = await until(
        () => workersOf(child.pid!),
        (found) => found.length > 0,
        30_000,
      );
      const all = [child.pid!, ...(await childrenOf(child.pid!)), ...pids];
      const growth = new Map<number, { first: number; most: number }>();
      let polling = true;
      const watching = (async () => {
        while (polling) {
          for (const pid of all) {
            const now = (await holdingOf(pid))?.residentBytes;
            if (now === undefined) continue;
            const seen = growth.get(pid) ?? { first: now, most: now };
            growth.set(pid, { ...seen, most: Math.max(seen.most, now) });
          }
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      })();
      const { code, stdout, stderr } = await end;
      polling = false;
      await watching;

      expect(code, stderr.slice(-2_000)).toBe(0);
      expect(JSON.parse(stdout.toString())).toEqual({ op: '+I', row: [(ROWS * (ROWS + 1)) / 2] });
      const shown = (stderr.match(/x{999}/g) ?? []).length;
      const leftOut = [...stderr.matchAll(/(\d+) lines (?:were )?left out/g)].reduce(
        (sum, [, n]) => sum + Number(n),
        0,
      );
      console.log(
        `figure: ${ROWS / 1_000} GB of prints: ${shown} lines shown, ${leftOut} counted as left out, stderr ${(stderr.length / 2 ** 20).toFixed(1)} MiB; ` +
          `most growth of a process ${Math.max(...[...growth.values()].map(({ first, most }) => most - first)) >> 20} MiB`,
      );
      expect(shown).toBeGreaterThan(500);
      for (const { first, most } of growth.values()) expect(most - first).toBeLessThan(MOST_GROWTH_BYTES);
    } finally {
      await folder.remove();
    }
  });
});
