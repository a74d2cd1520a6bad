/** The statements whose portability a real Flink was asked about, with its answers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Folder of the corpus; the module of its functions lies in it. */
export const corpusFolder = fileURLToPath(new URL('.', import.meta.url));

const verdicts = `${corpusFolder}verdicts.jsonl`;

/** Why Flink refuses a statement, by mode; null: it plans it. */
export interface Answer {
  readonly batch: string | null;
  readonly streaming: string | null;
}

export interface Verdict extends Answer {
  readonly sql: string;
}

/** Definitions that stand before the statements, one a line. */
export function setUp(): string[] {
  const lines = readFileSync(`${corpusFolder}setup.sql`, 'utf8').trim().split('\n');
  return lines.map((line) => line.replace(/;$/, ''));
}

/** The statements with the answers that are frozen. */
export function readVerdicts(): Verdict[] {
  const lines = readFileSync(verdicts, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Verdict);
}

export function writeVerdicts(all: readonly Verdict[]): void {
  writeFileSync(verdicts, all.map((verdict) => `${JSON.stringify(verdict)}\n`).join(''));
}
