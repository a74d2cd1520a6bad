#!/usr/bin/env node
/** `npm run test:sql -- [--complete] FILE[:LINE]…`: runs SQL cases, and fills in their rows (test/sql/run.ts). */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { setUp } from './setup.mjs';
import { runMain } from './support/console.mjs';

await runMain(async (args) => {
  const targets = args.map((arg) => (arg.startsWith('--') ? arg : resolve(process.env.INIT_CWD ?? '.', arg)));
  const { root, python } = await setUp();
  const env = { ...process.env, MILLSTREAM_PYTHON: python };
  const program = ['--import', 'tsx', 'test/sql/run.ts', ...targets];
  return spawnSync(process.execPath, program, { cwd: root, stdio: 'inherit', env }).status ?? 1;
});
