/** The build: `tsc -b`, skipped where no source changed since the last one, then the bundle of the command. */
import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBundle } from './bundle.mjs';
import { runQuietly } from './commands.mjs';
import { say } from './console.mjs';
import { filesBelow, fingerprint, isStamped, writeStamp } from './stamp.mjs';

const PROJECTS = ['core', 'bridge', 'operators', 'cli', 'test'];

/** The command that a build makes, below the root. */
export const COMMAND = 'dist/cli/main.js';

/** Builds `dist/` where it is out of date; true where it was built. */
export async function ensureBuild(root) {
  const stamp = join(root, 'dist/.sources');
  const sources = sourceFingerprint(root);
  if (isStamped(stamp, sources) && existsSync(join(root, COMMAND))) {
    await ensureBundle(root);
    return false;
  }
  say('Building (tsc -b) …');
  await runQuietly(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b'], {
    cwd: root,
    hint: 'Correct the lines that the compiler names. In a clone without changes this is a defect of Millstream: please report it.',
  });
  chmodSync(join(root, COMMAND), 0o755);
  await ensureBundle(root);
  writeStamp(stamp, sources);
  return true;
}

function sourceFingerprint(root) {
  const projects = PROJECTS.flatMap((folder) =>
    filesBelow(join(root, folder), (name) => name.endsWith('.ts') || name.endsWith('.json')),
  );
  const shared = ['package-lock.json', 'tsconfig.json', 'tsconfig.base.json'].map((name) => join(root, name));
  return fingerprint(root, [...projects, ...shared]);
}
