import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Computed once by a plain Python loop over the same file. */
const WORST_AIRPORTS = [
  ['ORD', 20719, 186, 1.21],
  ['DFW', 13085, 193, 1.24],
  ['ATL', 10429, 187, 1.18],
  ['LAX', 9183, 183, 1.21],
  ['BOS', 7995, 181, 1.32],
  ['PHX', 7648, 181, 1.09],
  ['LGA', 6767, 185, 1.14],
  ['EWR', 6658, 213, 1.11],
  ['DEN', 6652, 203, 0.96],
  ['PHL', 6575, 193, 1.25],
];

describe('the flights example', () => {
  it('rates every flight, writes them as Parquet, and finds where the very late ones come together', async () => {
    const args = ['dist/cli/main.js', 'run', 'examples/flights/job.sql', '--format', 'jsonl'];

    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });

    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).row);
    expect(rows).toEqual(WORST_AIRPORTS);
    expect(stderr).toContain('rated_flights: 2,956,907 rows written');
    expect(stderr).toMatch(/rating +2,956,907 /);
    const files = readdirSync(`${ROOT}/examples/flights/out/rated`);
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((name) => name.startsWith('.'))).toEqual([]);
  }, 120_000);
});
