#!/usr/bin/env node
/** `npm test [-- SUITE…] [--long]`: set-up, then every suite (with --long the long one alone) with its time; one closing line and the exit code. */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setUp } from './setup.mjs';
import { runMain, SetupError, say, secondsSince } from './support/console.mjs';
import { longTable, writeLongTable } from './support/long-table.mjs';
import { chooseSuites, suiteNames } from './support/suites.mjs';
import { figures, runPytest, runVitest } from './support/test-runs.mjs';

await runMain(async (args) => {
  const choice = readChoice(args);
  const { root, python } = await setUp();
  const start = performance.now();
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const suite of chooseSuites(root, choice)) {
    const counts = await runSuite(root, python, suite);
    for (const key of Object.keys(total)) total[key] += counts[key];
    if (suite.name === 'long') showLongTable(root, counts.rows, start);
  }
  const skipped = total.skipped === 0 ? '' : `, ${total.skipped} skipped`;
  say(`\n${total.passed} passed, ${total.failed} failed${skipped} in ${secondsSince(start)}`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
});

function readChoice(args) {
  const names = args.filter((arg) => arg !== '--long');
  const unknown = names.find((name) => !suiteNames().includes(name));
  if (unknown !== undefined) {
    throw new SetupError(`There is no test suite \`${unknown}\`.`, `Suites: ${suiteNames().join(', ')}.`);
  }
  return { names, long: args.includes('--long') };
}

/** On stderr, and in the page that shows what the project has been put through. */
function showLongTable(root, rows, start) {
  const date = new Date().toISOString().slice(0, 10);
  const totalSeconds = (performance.now() - start) / 1000;
  const table = longTable(rows, { date, cores: cpus().length, totalSeconds });
  writeLongTable(join(root, 'docs/reliability.md'), table);
  say(`\n${table}\n\nWritten to docs/reliability.md.`);
}

async function runSuite(root, python, { name, pure, vitest, pytest }) {
  const long = name === 'long';
  const start = performance.now();
  const runs = [];
  if (vitest.length > 0) runs.push(await runVitest(root, python, vitest, { long, pure }));
  if (pytest.length > 0) runs.push(await runPytest(root, python, pytest, long));
  const sum = (key) => runs.reduce((total, run) => total + run[key], 0);
  const counts = {
    passed: sum('passed'),
    failed: sum('failed'),
    skipped: sum('skipped'),
    rows: runs.flatMap(({ rows }) => rows),
  };
  const failed = counts.failed === 0 ? '' : `  ${counts.failed} FAILED`;
  say(
    `${name.padEnd(12)} ${String(counts.passed).padStart(5)} passed  ${secondsSince(start).padStart(7)}${failed}`,
  );
  for (const run of runs) {
    if (run.failed > 0) say(run.output.trimEnd());
    else for (const figure of figures(run.output)) say(`             ${figure}`);
  }
  return counts;
}
