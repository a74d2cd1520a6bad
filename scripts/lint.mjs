#!/usr/bin/env node
/** `npm run lint`: every static check, each by its name; all run, even after one has failed. */
import { join } from 'node:path';
import { setUp } from './setup.mjs';
import { capture } from './support/commands.mjs';
import { runMain, say, secondsSince } from './support/console.mjs';

await runMain(async () => {
  const { root, python } = await setUp();
  const checks = [
    {
      name: 'biome',
      command: process.execPath,
      args: [join(root, 'node_modules/@biomejs/biome/bin/biome'), 'check', '.'],
    },
    { name: 'tsc', command: process.execPath, args: [join(root, 'node_modules/typescript/bin/tsc'), '-b'] },
    { name: 'ruff', command: python, args: ['-m', 'ruff', 'check', '.'] },
    { name: 'mypy', command: python, args: ['-m', 'mypy'] },
  ];
  let failed = 0;
  for (const { name, command, args } of checks) {
    const start = performance.now();
    const { code, output } = await capture(command, args, { cwd: root });
    say(`${name.padEnd(8)} ${code === 0 ? 'clean' : 'FAILED'}  ${secondsSince(start)}`);
    if (code !== 0) {
      failed += 1;
      say(output.trimEnd());
    }
  }
  return failed === 0 ? 0 : 1;
});
