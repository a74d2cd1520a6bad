/** Files that give their rows only once: pipes, terminals, standard input. */
import { statSync } from 'node:fs';
import type { FileScan } from '../../core/index.js';

/** Says which of `files` cannot be read again; null: all can. */
export function whyReadOnce(files: readonly FileScan[]): string | null {
  const once = files.find(({ path }) => isStream(path));
  return once === undefined ? null : `table ${once.table} reads ${once.path}, whose rows come only once`;
}

function isStream(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && !stats.isFile() && !stats.isDirectory();
}
