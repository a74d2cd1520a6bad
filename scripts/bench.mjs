#!/usr/bin/env node
/** `npm run bench -- w1 w2 …`: set-up, then bench/main.mjs with the same arguments (bench/README.md). */
import { setUp } from './setup.mjs';
import { runAttached } from './support/commands.mjs';
import { runMain } from './support/console.mjs';

await runMain(async (args) => {
  const { root, python } = await setUp();
  return runAttached(process.execPath, ['bench/main.mjs', ...args], {
    cwd: root,
    env: { MILLSTREAM_PYTHON: python },
  });
});
