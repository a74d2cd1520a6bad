/** The statements whose portability a real Flink was asked about, with its answers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Folder of the corpus; the module of its functions lies in it. */
export const corpusFolder = fileURLToPath(new URL('.', import.meta.url));

const verdicts = `${corpusFolder}verdicts.jsonl`;
/** Answers of Flink 1.20 that are not those of 2.3. */
const older = `${corpusFolder}verdicts-1.20.jsonl`;

export type AskedVersion = '2.3' | '1.20';

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
export function readVerdicts(version: AskedVersion): Verdict[] {
  const newest = read(verdicts);
  if (version === '2.3') return newest;
  const others = new Map(read(older).map((verdict) => [verdict.sql, verdict]));
  return newest.map((verdict) => others.get(verdict.sql) ?? verdict);
}

export function writeVerdicts(all: readonly Verdict[], version: AskedVersion): void {
  const newest = version === '2.3' ? [] : read(verdicts);
  const kept = all.filter((verdict, i) => newest[i] === undefined || !agree(verdict, newest[i]));
  const lines = kept.map((verdict) => `${JSON.stringify(verdict)}\n`);
  writeFileSync(version === '2.3' ? verdicts : older, lines.join(''));
}

/** True where both plan the statement in the same modes; the words of a refusal do not count. */
export function agree(one: Answer, other: Answer): boolean {
  return (['batch', 'streaming'] as const).every((mode) => (one[mode] === null) === (other[mode] === null));
}

function read(file: string): Verdict[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Verdict);
}
