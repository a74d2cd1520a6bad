/** The files of a glob pattern, as DuckDB reads it: `*` and `?` within a name, `[a-z]`, and `**` for any folders. */
import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';

/** Characters that make a path a pattern. */
const SPECIAL = /[*?[\]]/;

/** True for a path that stands for the files that it matches. */
export function isGlob(path: string): boolean {
  return SPECIAL.test(path);
}

/** Paths of the files that an absolute pattern matches, in no order. */
export function globFiles(pattern: string): string[] {
  const parts = pattern.split(sep);
  const fixed = parts.findIndex(isGlob);
  return matching(parts.slice(0, fixed).join(sep) || sep, parts.slice(fixed));
}

function matching(folder: string, [part, ...rest]: readonly string[]): string[] {
  const entries = entriesIn(folder);
  if (part === '**') {
    const below = entries.filter((entry) => entry.isDirectory());
    const deeper = below.flatMap(({ name }) => matching(join(folder, name), ['**', ...rest]));
    return [...matching(folder, rest.length === 0 ? ['*'] : rest), ...deeper];
  }
  const name = nameMatcher(part!);
  const found = entries.filter((entry) => name.test(entry.name));
  if (rest.length === 0)
    return found.filter((entry) => !entry.isDirectory()).map((e) => join(folder, e.name));
  return found
    .filter((entry) => !entry.isFile())
    .flatMap((entry) => matching(join(folder, entry.name), rest));
}

function entriesIn(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // Not there, or not a folder: it has no files.
    return [];
  }
}

function nameMatcher(part: string): RegExp {
  const source = part.replace(/\[!?[^\]]+\]|[*?]|[.+^${}()|\\[\]]/g, (token) => {
    if (token === '*') return '.*';
    if (token === '?') return '.';
    if (token.length > 1) return token.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return `\\${token}`;
  });
  return new RegExp(`^${source}$`, 'su');
}
