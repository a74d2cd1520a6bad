#!/usr/bin/env node
/**
 * `npm run conformance [-- --cases FOLDER] [arguments of run.py]`: runs recorded Flink cases on this clone.
 * The cases are no part of the repository: FOLDER, or MILLSTREAM_CONFORMANCE, or ../shared/conformance holds run.py.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setUp } from './setup.mjs';
import { runAttached } from './support/commands.mjs';
import { runMain, SetupError } from './support/console.mjs';

await runMain(async (args) => {
  const { root, command, python } = await setUp();
  const { folder, rest } = casesFolder(root, args);
  const runner = join(folder, 'run.py');
  if (!existsSync(runner)) {
    throw new SetupError(
      `There are no conformance cases: ${runner} does not exist.`,
      'Name the folder that holds run.py: `npm run conformance -- --cases FOLDER`, or set MILLSTREAM_CONFORMANCE.',
    );
  }
  return runAttached(python, [runner, '--engine', 'millstream', ...rest], {
    cwd: root,
    env: { MILLSTREAM: `'${process.execPath}' '${command}'`, MILLSTREAM_PYTHON: python },
  });
});

function casesFolder(root, args) {
  const at = args.indexOf('--cases');
  if (at >= 0 && args[at + 1] !== undefined) {
    return { folder: resolve(args[at + 1]), rest: args.toSpliced(at, 2) };
  }
  const folder = process.env.MILLSTREAM_CONFORMANCE ?? join(root, '../shared/conformance');
  return { folder: resolve(folder), rest: args };
}
