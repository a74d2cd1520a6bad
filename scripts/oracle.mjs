#!/usr/bin/env node
/**
 * `npm run test:oracle [-- NAME…] [--update]`: asks a real Flink what the frozen expectations of the tests say; `--update` freezes its
 * answers anew. An oracle whose tools are not installed is skipped with a line.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setUp } from './setup.mjs';
import { runMain, SetupError, say } from './support/console.mjs';

/** Each is a program of test/oracle/; exit code 3 says that it was skipped. */
const ORACLES = [
  { name: 'parser', command: ['node', '--import', 'tsx', 'test/oracle/parser/run.ts'] },
  { name: 'functions', command: ['node', '--import', 'tsx', 'test/oracle/functions/run.ts'] },
  { name: 'sql', command: ['node', '--import', 'tsx', 'test/oracle/sql/run.ts'] },
  { name: 'portability', command: ['node', '--import', 'tsx', 'test/oracle/portability/run.ts'] },
  { name: 'changelog', command: ['node', '--import', 'tsx', 'test/oracle/changelog/run.ts'] },
  { name: 'nexmark', command: ['node', '--import', 'tsx', 'test/oracle/nexmark/run.ts'] },
];
const SKIPPED = 3;

await runMain(async (args) => {
  const names = args.filter((arg) => arg !== '--update');
  const known = ORACLES.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new SetupError(`There is no oracle \`${unknown}\`.`, `Oracles: ${known.join(', ')}.`);
  }
  const { root, python } = await setUp();
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, command } of ORACLES) {
    if (names.length > 0 && !names.includes(name)) continue;
    say(`\n${name}`);
    const [program, ...rest] = command;
    const given = args.includes('--update') ? ['--update'] : [];
    const env = {
      ...process.env,
      MILLSTREAM_PYTHON: python,
      PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
    };
    const { status } = spawnSync(program, [...rest, ...given], { cwd: root, stdio: 'inherit', env });
    total[status === 0 ? 'passed' : status === SKIPPED ? 'skipped' : 'failed']++;
  }
  say(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total.failed === 0 ? 0 : 1;
});
