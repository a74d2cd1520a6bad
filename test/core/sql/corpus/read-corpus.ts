/** Reads the corpus of SQL texts that lies beside this file. */
import { readFileSync } from 'node:fs';

/** Blocks between blank lines; blocks of comments alone are left out. */
export function readStatements(...files: readonly string[]): string[] {
  return files
    .flatMap((file) => read(file).split(/\n\s*\n/))
    .map((block) => block.trim())
    .filter((block) => block.split('\n').some((line) => !line.startsWith('--')));
}

/** Lines that are not empty and no comments. */
export function readLines(file: string): string[] {
  return read(file)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** Lines of two texts, with two or more blanks and an arrow between. */
export function readPairs(file: string): { input: string; output: string }[] {
  return readLines(file).map((line) => {
    const [input, output] = line.split(/ {2,}=> /);
    return { input: input!, output: output! };
  });
}

/** Blocks of a text, a line `=>`, and what is said about it. */
export function readErrors(): { sql: string; rendered: string }[] {
  const blocks = read('errors.txt').trim().split('\n\n').slice(1);
  return blocks.map((block) => {
    const [sql, rendered] = block.split('\n=>\n');
    return { sql: sql!, rendered: rendered! };
  });
}

/** All statements of the corpus that are valid. */
export function allStatements(): string[] {
  return readStatements('queries.sql', 'definitions.sql', 'session.sql');
}

/** A tree without its spans, to compare what two texts mean. */
export function withoutSpans(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSpans);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'span');
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutSpans(inner)]));
}

function read(file: string): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8');
}
