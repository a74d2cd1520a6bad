/** The table that a long run writes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { longTable, pytestRows, vitestRows, writeLongTable } from '../../scripts/support/long-table.mjs';

const OUTPUT = `stdout | test/long/chaos.test.ts > a job > loses no row
figure (50 runs): chaos: 0 rows lost
stdout | test/long/start.test.ts
figure: 50 workers after 0.8 s
`;

function file(name, statuses) {
  const assertionResults = statuses.map((status) => ({ status }));
  const status = statuses.includes('failed') ? 'failed' : 'passed';
  return { name: `/repo/${name}`, startTime: 1_000, endTime: 3_000, status, assertionResults };
}

it('has a row for each file with its runs, failures and figures', () => {
  const report = {
    testResults: [
      file('test/long/chaos.test.ts', ['passed', 'skipped']),
      file('test/long/start.test.ts', ['passed', 'failed']),
      { ...file('test/long/broken.test.ts', []), status: 'failed' },
    ],
  };

  expect(vitestRows(report, OUTPUT, '/repo')).toEqual([
    { suite: 'test/long/chaos.test.ts', runs: 50, failures: 0, seconds: 2, figures: ['chaos: 0 rows lost'] },
    {
      suite: 'test/long/start.test.ts',
      runs: 2,
      failures: 1,
      seconds: 2,
      figures: ['50 workers after 0.8 s'],
    },
    { suite: 'test/long/broken.test.ts', runs: 0, failures: 1, seconds: 2, figures: [] },
  ]);
});

it('counts the tests of a Python file, without those that were skipped', () => {
  const xml = `<testsuites><testsuite tests="3"><testcase classname="test.python-udf.test_codec" name="a" time="1.5" />
<testcase classname="test.python-udf.test_codec" name="b" time="2"><failure message="x">y</failure></testcase>
<testcase classname="test.python-udf.test_codec" name="c" time="0"><skipped/></testcase></testsuite></testsuites>`;

  expect(pytestRows(xml)).toEqual([
    { suite: 'test/python-udf/test_codec.py', runs: 2, failures: 1, seconds: 3.5, figures: [] },
  ]);
});

it('stands between the marks of the page, in place of the one before', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millstream-table-'));
  const page = join(folder, 'page.md');
  writeFileSync(
    page,
    'a\n<!-- long run: written by npm run test:long -->\nold\n<!-- end of long run -->\nb\n',
  );
  const rows = [{ suite: 's', runs: 20_000, failures: 0, seconds: 61, figures: ['x', 'y'] }];

  writeLongTable(page, longTable(rows, { date: '2026-01-01', cores: 2, totalSeconds: 600 }));

  expect(readFileSync(page, 'utf8').split('\n').slice(2, -3)).toEqual([
    '2026-01-01, 2 cores, 10 minutes in all.',
    '',
    '| suite | runs | failures | time | what was measured |',
    '|---|---|---|---|---|',
    '| `s` | 20,000 | 0 | 61 s | x; y |',
  ]);
  rmSync(folder, { recursive: true });
});
