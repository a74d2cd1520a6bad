#!/usr/bin/env node
/** `npm start`: set-up, then the main example from its SQL to its result. */
import { setUp } from './setup.mjs';
import { runAttached } from './support/commands.mjs';
import { runMain } from './support/console.mjs';

await runMain(async (args) => {
  const { root, command } = await setUp();
  return runAttached(process.execPath, [command, 'run', 'examples/flights/job.sql', ...args], { cwd: root });
});
