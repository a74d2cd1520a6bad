/** The Python environment `.venv`: this package, editable, with what its tests and the relational worker need. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { capture, probe } from './commands.mjs';
import { SetupError, say } from './console.mjs';
import { findPython } from './find-python.mjs';
import { fingerprint, isStamped, writeStamp } from './stamp.mjs';

const REQUIREMENT = '.[relational,dev]';

/** The environment's interpreter, below the root. */
export const INTERPRETER = '.venv/bin/python';

/** Makes or renews `.venv` where it does not fit pyproject.toml; true where it was made. */
export async function ensurePythonEnvironment(root) {
  const stamp = join(root, '.venv/.millstream');
  const wanted = fingerprint(root, [join(root, 'pyproject.toml')], [REQUIREMENT, 'bytecode', root]);
  if (isStamped(stamp, wanted) && existsSync(join(root, INTERPRETER))) return false;
  const python = findPython();
  say(`Making the Python environment .venv (Python ${python.version}) …`);
  await climb(rungs(root, python));
  writeStamp(stamp, wanted);
  return true;
}

/**
 * Tries the rungs in order until one succeeds. A rung returns null, or the reason why it did not work.
 * @param {{ name: string, make: () => Promise<string | null>, hint: string }[]} ladder best first
 * @throws {SetupError} when none works: each reason, and the last rung's hint
 */
export async function climb(ladder) {
  const reasons = [];
  for (const rung of ladder) {
    const reason = await rung.make();
    if (reason === null) return;
    reasons.push(`${rung.name}: ${reason}`);
  }
  throw new SetupError(
    `The Python environment could not be made.\n${reasons.join('\n')}`,
    ladder.at(-1).hint,
  );
}

function rungs(root, python) {
  const hint = howToGoOn(python);
  return [
    { name: 'uv', make: () => makeWithUv(root, python, findUv()), hint },
    { name: 'uv from pip', make: async () => makeWithUv(root, python, await fetchUv(root, python)), hint },
    { name: 'venv and pip', make: () => makeWithVenv(root, python), hint },
  ];
}

function findUv() {
  return probe('uv', ['--version']) === null ? 'not on PATH' : { command: 'uv' };
}

/** pip puts uv into a folder of its own: no administrator's rights, and nothing of the user's Python changes. */
async function fetchUv(root, python) {
  if (probe(python.executable, ['-m', 'pip', '--version']) === null) return `${python.executable} has no pip`;
  const folder = join(root, 'node_modules/.millstream/uv');
  const installed = await attempt(root, python.executable, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--upgrade',
    '--target',
    folder,
    'uv',
  ]);
  return installed ?? { command: join(folder, 'bin/uv') };
}

/** `uv`: where it is, or the reason why there is none. */
async function makeWithUv(root, python, uv) {
  if (typeof uv === 'string') return uv;
  clear(root);
  const env = uvSettingsOfPip(process.env);
  return (
    (await attempt(root, uv.command, ['venv', '--quiet', '--python', python.executable, '.venv'], env)) ??
    (await attempt(
      root,
      uv.command,
      // As pip does: importing pyarrow and NumPy without their bytecode takes 0.5 s longer, at every start.
      ['pip', 'install', '--quiet', '--compile-bytecode', '--python', INTERPRETER, '-e', REQUIREMENT],
      env,
    ))
  );
}

async function makeWithVenv(root, python) {
  clear(root);
  return (
    (await attempt(root, python.executable, ['-m', 'venv', '.venv'])) ??
    (await attempt(root, INTERPRETER, ['-m', 'pip', 'install', '--quiet', '-e', REQUIREMENT]))
  );
}

function clear(root) {
  rmSync(join(root, '.venv'), { recursive: true, force: true });
}

async function attempt(root, command, args, env = {}) {
  const { code, output } = await capture(command, args, { cwd: root, env });
  if (code === 0) return null;
  const lines = output.trim().split('\n').slice(-8).join('\n  ');
  return `\`${[command, ...args].join(' ')}\` failed\n  ${lines}`;
}

/** uv does not read pip's settings: a package index or certificate set for pip is handed on under uv's names. */
export function uvSettingsOfPip(environment) {
  const names = {
    PIP_INDEX_URL: 'UV_DEFAULT_INDEX',
    PIP_EXTRA_INDEX_URL: 'UV_INDEX',
    PIP_FIND_LINKS: 'UV_FIND_LINKS',
    PIP_CERT: 'SSL_CERT_FILE',
  };
  const settings = { UV_NO_PROGRESS: '1' };
  for (const [ofPip, ofUv] of Object.entries(names)) {
    if (environment[ofPip] !== undefined && environment[ofUv] === undefined)
      settings[ofUv] = environment[ofPip];
  }
  return settings;
}

function howToGoOn(python) {
  const minor = python.version.split('.').slice(0, 2).join('.');
  return (
    'Check the network first. Where the messages above speak of ensurepip or venv, install the missing part of Python ' +
    `(Debian, Ubuntu: \`apt install python${minor}-venv\`); or install uv (https://docs.astral.sh/uv). Then run the command again.`
  );
}
