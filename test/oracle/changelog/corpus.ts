/** The queries whose kinds of change a real Flink was asked for, with its answers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Folder of the corpus. */
export const corpusFolder = fileURLToPath(new URL('.', import.meta.url));

/** What `EXPLAIN CHANGELOG_MODE` says of the last operator of a query, `I,UA,D`; null: it has not been asked. */
export interface ChangelogMode {
  readonly sql: string;
  readonly mode: string | null;
}

/** The tables that the queries read, a statement a line. */
export function setUp(): string[] {
  const lines = readFileSync(`${corpusFolder}setup.sql`, 'utf8').trim().split('\n');
  return lines.map((line) => line.replace(/;$/, ''));
}

/** The queries with the answers that are frozen. */
export function readModes(): ChangelogMode[] {
  const lines = readFileSync(`${corpusFolder}modes.jsonl`, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as ChangelogMode);
}

export function writeModes(modes: readonly ChangelogMode[]): void {
  writeFileSync(`${corpusFolder}modes.jsonl`, modes.map((each) => `${JSON.stringify(each)}\n`).join(''));
}
