/** `millstream replay [ID]`: a function on the bundle it failed on, in a process of its own with this terminal. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { pythonEnvironment } from '../../bridge/index.js';
import { bundleFolder, findBundle, listBundles } from '../../operators/index.js';
import type { CommandContext } from '../context.js';
import { EXIT_DONE, EXIT_FAILED } from '../exit-codes.js';
import { alignColumns } from '../progress/columns.js';

/** Lists what is saved where `id` is null. `debug` opens the Python debugger where the function fails. */
export async function replayBundle(
  id: string | null,
  debug: boolean,
  context: CommandContext,
): Promise<number> {
  if (id === null) return listSaved(context);
  const { file, header } = findBundle(bundleFolder(), id);
  const cwd = existsSync(header.workingDirectory) ? header.workingDirectory : process.cwd();
  const environment = pythonEnvironment({ python: header.python, pythonPath: [] });
  const child = spawn(header.python, ['-m', 'millstream._replay', file, ...(debug ? ['--pdb'] : [])], {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ['inherit', 'inherit', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? EXIT_FAILED));
  });
}

async function listSaved({ stdout, stderr }: CommandContext): Promise<number> {
  const bundles = listBundles(bundleFolder());
  if (bundles.length === 0) {
    stderr.write('No bundle is saved: a job whose function fails saves one.\n');
    return EXIT_DONE;
  }
  const rows = bundles.map(({ header }) => [
    header.id,
    header.savedAt.slice(0, 19).replace('T', ' '),
    header.functions.map(({ name }) => name).join(', '),
    header.error.code,
    String(header.rows),
  ]);
  const lines = alignColumns([['id', 'saved (UTC)', 'functions', 'error', 'rows'], ...rows], 4);
  await stdout.write(`${lines.join('\n')}\n`);
  return EXIT_DONE;
}
