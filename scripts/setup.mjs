#!/usr/bin/env node
/** Set-up: npm packages, build, Python environment. Idempotent; well under a second where nothing is to do. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMMAND, ensureBuild } from './support/build.mjs';
import { ensureBytecode } from './support/bytecode.mjs';
import { runMain, say, secondsSince } from './support/console.mjs';
import { ensureNodePackages } from './support/node-packages.mjs';
import { checkPlatform } from './support/platform.mjs';
import { ensurePythonEnvironment, INTERPRETER } from './support/python-environment.mjs';

/** The clone these scripts belong to. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Makes the clone ready to run.
 * @returns {Promise<{ root: string, command: string, python: string }>} absolute paths: `command` is run by Node
 * @throws {SetupError} where a step fails, with what to do
 */
export async function setUp() {
  const start = performance.now();
  checkPlatform(process.platform, process.versions.node);
  const packages = await ensureNodePackages(ROOT);
  const build = await ensureBuild(ROOT);
  const python = await ensurePythonEnvironment(ROOT);
  await ensureBytecode(ROOT, INTERPRETER);
  if (packages || build || python) say(`Set up in ${secondsSince(start)}.`);
  return { root: ROOT, command: join(ROOT, COMMAND), python: join(ROOT, INTERPRETER) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(async () => {
    await setUp();
    say('Ready: `npx millstream --help`, `npm test`.');
    return 0;
  });
}
