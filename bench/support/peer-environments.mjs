/** Environments of the peers: made on first use by uv, each with the packages of one peer. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { uvSettingsOfPip } from '../../scripts/support/python-environment.mjs';
import { PYTHON, REPOSITORY } from './places.mjs';

const FOLDER = `${REPOSITORY}/node_modules/.millstream/peers`;
const MINUTES = 60_000;

/**
 * The interpreter of an environment with `packages`, made where it is not there yet.
 * @throws {Error} with the last lines of what failed
 */
export function peerPython(name, packages) {
  const folder = `${FOLDER}/${name}`;
  const python = `${folder}/bin/python`;
  const made = `${folder}/.made`;
  if (existsSync(made)) return python;
  process.stderr.write(`installing ${packages.join(', ')} …\n`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const uv = uvCommand();
  run(uv, ['venv', '--quiet', '--python', PYTHON, folder]);
  run(uv, ['pip', 'install', '--quiet', '--compile-bytecode', '--python', python, ...packages]);
  writeFileSync(made, '');
  return python;
}

function uvCommand() {
  const beside = `${PYTHON.replace(/\/[^/]*$/, '')}/uv`;
  return [beside, 'uv'].find((uv) => spawnSync(uv, ['--version']).status === 0) ?? 'uv';
}

function run(command, args) {
  try {
    execFileSync(command, args, {
      env: { ...process.env, ...uvSettingsOfPip(process.env) },
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
      timeout: 15 * MINUTES,
    });
  } catch (error) {
    const text = String(error.stderr ?? error.message).trimEnd();
    throw new Error(`${command} ${args[0]} failed: ${text.split('\n').slice(-3).join(' ')}`);
  }
}
