/** What a long run did, as the table of `docs/reliability.md`: one row for each file of tests. */
import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';

/** @typedef {{ suite: string, runs: number, failures: number, seconds: number, figures: string[] }} LongRow */

const BEGIN = '<!-- long run: written by npm run test:long -->';
const END = '<!-- end of long run -->';

/**
 * Rows of a vitest run: its JSON report, and its output, whose lines `figure (40 runs): text` belong to the file that the
 * header above them names. `runs` is the sum of those, or the number of tests where a file says none.
 * @returns {LongRow[]}
 */
export function vitestRows(report, output, root) {
  const said = figuresByFile(output);
  return report.testResults.map(({ name, startTime, endTime, status, assertionResults }) => {
    const suite = relative(root, name);
    const figures = said.get(suite) ?? [];
    const ran = assertionResults.filter((test) => test.status === 'passed' || test.status === 'failed');
    const failed = ran.filter((test) => test.status === 'failed').length;
    const runs = figures.reduce((sum, figure) => sum + figure.runs, 0);
    return {
      suite,
      runs: runs === 0 ? ran.length : runs,
      failures: status === 'failed' ? Math.max(1, failed) : failed,
      seconds: (endTime - startTime) / 1000,
      figures: figures.map(({ text }) => text),
    };
  });
}

/** Rows of pytest's JUnit report. @returns {LongRow[]} */
export function pytestRows(xml) {
  const rows = new Map();
  for (const [, attributes, rest] of xml.matchAll(/<testcase ([^>]*?)(\/>|>[\s\S]*?<\/testcase>)/g)) {
    const attribute = (key) => new RegExp(`\\b${key}="([^"]*)"`).exec(attributes)?.[1] ?? '';
    const suite = `${attribute('classname').replaceAll('.', '/')}.py`;
    const row = rows.get(suite) ?? { suite, runs: 0, failures: 0, seconds: 0, figures: [] };
    if (rest.includes('<skipped')) continue;
    row.runs += 1;
    row.failures += /<(failure|error)\b/.test(rest) ? 1 : 0;
    row.seconds += Number(attribute('time'));
    rows.set(suite, row);
  }
  return [...rows.values()];
}

/** @param {LongRow[]} rows */
export function longTable(rows, { date, cores, totalSeconds }) {
  const lines = rows.map(
    ({ suite, runs, failures, seconds, figures }) =>
      `| \`${suite}\` | ${runs.toLocaleString('en-US')} | ${failures} | ${Math.round(seconds)} s | ${figures.join('; ')} |`,
  );
  return [
    `${date}, ${cores} cores, ${Math.round(totalSeconds / 60)} minutes in all.`,
    '',
    '| suite | runs | failures | time | what was measured |',
    '|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}

/** Puts the table between the marks of the page. */
export function writeLongTable(page, table) {
  const text = readFileSync(page, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${page} has not the marks \`${BEGIN}\` and \`${END}\`.`);
  writeFileSync(page, `${text.slice(0, begin + BEGIN.length)}\n${table}\n${text.slice(end)}`);
}

function figuresByFile(output) {
  const files = new Map();
  let file = '';
  for (const line of output.split('\n')) {
    file = /^stdout \| (\S+)/.exec(line)?.[1] ?? file;
    const figure = readFigure(line);
    if (figure !== null) files.set(file, [...(files.get(file) ?? []), figure]);
  }
  return files;
}

/** `figure: text` or `figure (40 runs): text`; null for other lines. */
export function readFigure(line) {
  const [, runs = '0', text] = /^figure(?: \((\d+) runs\))?: (.*)$/.exec(line) ?? [];
  return text === undefined ? null : { runs: Number(runs), text };
}
