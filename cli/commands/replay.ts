/** `millstream replay [ID]`: a function on the bundle it failed on, in a process of its own with this terminal. */
import { existsSync } from 'node:fs';
import { bundleFolder, findBundle, listBundles } from '../../operators/index.js';
import type { CommandContext } from '../context.js';
import { EXIT_DONE } from '../exit-codes.js';
import { alignColumns } from '../progress/columns.js';
import { runPythonTool } from './python-tool.js';

/** Lists what is saved where `id` is null. `debug` opens the Python debugger where the function fails. */
export async function replayBundle(
  id: string | null,
  debug: boolean,
  context: CommandContext,
): Promise<number> {
  if (id === null) return listSaved(context);
  const { file, header } = findBundle(bundleFolder(), id);
  const cwd = existsSync(header.workingDirectory) ? header.workingDirectory : process.cwd();
  const args = [file, ...(debug ? ['--pdb'] : [])];
  return runPythonTool('millstream._replay', args, { python: header.python, cwd });
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
