/** `millstream clean`: removes what dead jobs have left, and on request what is only there to be faster. */
import { type CleanOptions, clean } from '../../operators/index.js';
import type { CommandContext } from '../context.js';
import { EXIT_DONE, EXIT_FAILED } from '../exit-codes.js';
import { alignColumns } from '../progress/columns.js';
import { bytes } from '../progress/numbers.js';

/** One line for each thing, with its bytes; exit code 1 where something is still there. */
export async function cleanUp(options: CleanOptions, context: CommandContext): Promise<number> {
  const { removed, kept } = await clean(options);
  const done = options.dryRun ? 'would be removed' : 'removed';
  const rows = [
    ...removed.map(({ kind, path, bytes: size, reason }) => [done, kind, path, reason, bytes(size)]),
    ...kept.map(({ kind, path, reason }) => ['stays', kind, path, reason, '']),
  ];
  for (const line of alignColumns(rows, 4)) await context.stdout.write(`${line}\n`);
  const total = removed.reduce((sum, { bytes: size }) => sum + size, 0);
  context.stderr.write(
    removed.length === 0
      ? `Nothing ${options.dryRun ? 'would be' : 'was'} removed.\n`
      : `${bytes(total)} ${done}.\n`,
  );
  return kept.some(({ inUse }) => !inUse) ? EXIT_FAILED : EXIT_DONE;
}
