/** The npm packages: installed with `npm ci` where node_modules is not what package-lock.json says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from './commands.mjs';
import { say } from './console.mjs';

/** Brings node_modules up to date; true where something was installed. */
export async function ensureNodePackages(root) {
  if (
    packagesMatch(
      readLock(join(root, 'package-lock.json')),
      readLock(join(root, 'node_modules/.package-lock.json')),
    )
  ) {
    return false;
  }
  say('Installing npm packages (npm ci) …');
  await runQuietly('npm', ['ci', '--no-fund', '--no-audit'], {
    cwd: root,
    hint: 'Check the network and `npm config get registry`, then run the command again.',
  });
  return true;
}

/**
 * Compares the lock file with the record that npm keeps of what it installed. Optional packages (builds for other
 * platforms) may be missing; everything else must be there in the same version with the same integrity.
 * @param {Record<string, any>} wanted `packages` of package-lock.json
 * @param {Record<string, any>} installed `packages` of node_modules/.package-lock.json
 */
export function packagesMatch(wanted, installed) {
  const names = Object.keys(wanted).filter((name) => name !== '');
  const complete = names.every((name) => {
    const found = installed[name];
    if (found === undefined) return wanted[name].optional === true || wanted[name].devOptional === true;
    return found.version === wanted[name].version && found.integrity === wanted[name].integrity;
  });
  return complete && Object.keys(installed).every((name) => name in wanted);
}

function readLock(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return {};
    throw error;
  }
}
