/**
 * Bytecode of the Python package, beside its sources. Python writes it itself on first use, but not where
 * PYTHONDONTWRITEBYTECODE is set, as in many containers: every start would then compile 100 modules anew.
 */
import { join } from 'node:path';
import { runQuietly } from './commands.mjs';
import { filesBelow, fingerprint, isStamped, writeStamp } from './stamp.mjs';

const PACKAGE = 'python-udf/millstream';

/** Compiles the package where a source has changed since; `python` is below `root`. */
export async function ensureBytecode(root, python) {
  const stamp = join(root, '.venv/.millstream-bytecode');
  const sources = filesBelow(join(root, PACKAGE), (name) => name.endsWith('.py'));
  const wanted = fingerprint(root, sources);
  if (isStamped(stamp, wanted)) return;
  await runQuietly(join(root, python), ['-m', 'compileall', '-q', PACKAGE], {
    cwd: root,
    hint: 'Make sure that the folder can be written to.',
  });
  writeStamp(stamp, wanted);
}
