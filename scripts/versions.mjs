#!/usr/bin/env node
/** `npm run versions`: environments of the other Pythons on this machine, with the oldest and newest libraries a worker may have, which `npm test` then tries. */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ROOT, setUp } from './setup.mjs';
import { capture, probe } from './support/commands.mjs';
import { runMain, SetupError, say } from './support/console.mjs';
import { uvSettingsOfPip } from './support/python-environment.mjs';

const FOLDER = join(ROOT, 'node_modules/.millstream/versions');
const MINORS = ['3.10', '3.11', '3.12', '3.13', '3.14'];
/** pyarrow 14 was built against NumPy 1, and for Python up to 3.12. */
const LIBRARIES = {
  newest: { packages: ['pyarrow', 'pyzmq', 'msgspec'], options: [], minors: MINORS },
  oldest: {
    packages: ['pyarrow>=14', 'pyzmq>=25', 'msgspec>=0.18', 'numpy>=1.26,<2'],
    options: ['--resolution', 'lowest-direct', '--only-binary', ':all:'],
    minors: MINORS.slice(0, 3),
  },
};

await runMain(async () => {
  await setUp();
  const uv = probe('uv', ['--version']) === null ? join(ROOT, '.venv/bin/uv') : 'uv';
  mkdirSync(FOLDER, { recursive: true });
  for (const minor of MINORS) {
    const python = interpreterOf(minor);
    if (python === null) {
      say(`Python ${minor}: not on this machine`);
      continue;
    }
    for (const [libraries, { packages, options, minors }] of Object.entries(LIBRARIES)) {
      if (minors.includes(minor)) await make(uv, python, `${minor}-${libraries}`, packages, options);
    }
  }
  return 0;
});

/** The interpreter of a minor version, on PATH or among pyenv's, that really runs. */
function interpreterOf(minor) {
  const pyenv = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  const ofPyenv = existsSync(pyenv) ? readdirSync(pyenv).filter((name) => name.startsWith(`${minor}.`)) : [];
  const candidates = [`python${minor}`, ...ofPyenv.map((name) => join(pyenv, name, 'bin/python'))];
  const facts = 'import sys; print(sys.executable if sys.version_info[:2] == (%s) else "")';
  const wanted = facts.replace('%s', minor.replace('.', ', '));
  return candidates.map((candidate) => probe(candidate, ['-c', wanted])).find(Boolean) ?? null;
}

async function make(uv, python, name, packages, options) {
  const folder = join(FOLDER, name);
  if (existsSync(join(folder, '.made'))) return say(`Python ${name}: there already`);
  rmSync(folder, { recursive: true, force: true });
  await run(uv, ['venv', '--quiet', '--python', python, folder]);
  const interpreter = join(folder, 'bin/python');
  await run(uv, ['pip', 'install', '--quiet', '--python', interpreter, ...options, ...packages]);
  mkdirSync(join(folder, '.made'));
  say(`Python ${name}: made`);
}

async function run(command, args) {
  const { code, output } = await capture(command, args, { cwd: ROOT, env: uvSettingsOfPip(process.env) });
  if (code !== 0)
    throw new SetupError(`\`${[command, ...args].join(' ')}\` failed.\n${output.trimEnd()}`, '');
}
