/** One run of vitest or pytest: its counts from the runner's own report, its output for when something failed. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture } from './commands.mjs';
import { pytestRows, readFigure, vitestRows } from './long-table.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number, rows: import('./long-table.mjs').LongRow[], output: string }} Counts */

/** Runs vitest over the files, the `pure` ones in shared processes; `long` gives them the time of long tests. @returns {Promise<Counts>} */
export function runVitest(root, python, files, { long, pure }) {
  return withReport('vitest.json', async (report) => {
    const options = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const args = ['run', ...files, ...options, ...(pure ? ['--no-isolate'] : [])];
    const command = [join(root, 'node_modules/vitest/vitest.mjs'), ...args];
    const { code, output } = await capture(process.execPath, command, {
      cwd: root,
      env: { MILLSTREAM_PYTHON: python, NO_COLOR: '1', CI: '1', MILLSTREAM_LONG: long ? '1' : '0' },
    });
    return fromRun(code, output, () => {
      const read = JSON.parse(readFileSync(report, 'utf8'));
      return { ...vitestCounts(read), rows: vitestRows(read, output, root) };
    });
  });
}

/** Runs pytest over the files; `long` draws more random examples. @returns {Promise<Counts>} */
export function runPytest(root, python, files, long) {
  return withReport('pytest.xml', async (report) => {
    const { code, output } = await capture(python, ['-m', 'pytest', ...files, `--junitxml=${report}`], {
      cwd: root,
      env: { MILLSTREAM_LONG: long ? '1' : '0' },
    });
    return fromRun(code, output, () => {
      const xml = readFileSync(report, 'utf8');
      return { ...pytestCounts(xml), rows: pytestRows(xml) };
    });
  });
}

/** Counts in vitest's JSON report; a file that cannot be loaded counts as one failure. */
export function vitestCounts(report) {
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** Counts in pytest's JUnit report. */
export function pytestCounts(xml) {
  const count = (name) => Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(xml)?.[1] ?? 0);
  const failed = count('failures') + count('errors');
  return { passed: count('tests') - failed - count('skipped'), failed, skipped: count('skipped') };
}

/** What long tests measured: lines of their output that begin with `figure: `. */
export function figures(output) {
  return output.split('\n').flatMap((line) => readFigure(line)?.text ?? []);
}

/** A runner that fails without a failed test (a crash, an unhandled rejection) counts as one failure. */
function fromRun(code, output, read) {
  try {
    const counts = read();
    return { ...counts, failed: code !== 0 && counts.failed === 0 ? 1 : counts.failed, output };
  } catch (error) {
    return { passed: 0, failed: 1, skipped: 0, rows: [], output: `${output}\n${error.message}` };
  }
}

async function withReport(name, run) {
  const folder = mkdtempSync(join(tmpdir(), 'millstream-test-'));
  try {
    return await run(join(folder, name));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
