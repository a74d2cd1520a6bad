/**
 * Runs case files, or single cases of them, and fills in what they give: `npm run test:sql -- [--complete] FILE[:LINE]…`.
 * LINE is any line of a case; the statements before it run too. `--complete` writes the rows of queries that have no
 * `----`, and with a LINE also of one that has. Rows that a case got this way are to be read: they are what the engine
 * gives, not what is right.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Session } from '../../operators/index.js';
import { makeTables, TABLES } from './case-files.js';
import { mismatch, outcomeOf, type Places } from './case-outcome.js';
import { parseCases, type SqlCase, withRows } from './run-case.js';
import { openSqlSession } from './sql-session.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));

const given = process.argv.slice(2);
const isCompleting = given.includes('--complete');
const targets = given.filter((argument) => argument !== '--complete');
if (targets.length === 0) {
  process.stderr.write('Name case files: npm run test:sql -- [--complete] FILE[:LINE]…\n');
  process.exitCode = 2;
}
let failures = 0;
for (const target of targets) failures += await runTarget(target);
if (failures > 0) process.exitCode = 1;

/** The number of cases that gave something else. */
async function runTarget(target: string): Promise<number> {
  const [, name, line] = /^(.*?)(?::(\d+))?$/.exec(target)!;
  const file = resolve(name!);
  const folder = await mkdtemp(join(tmpdir(), 'millstream-sql-'));
  const session = await openSqlSession(folder, HERE, dirname(file).endsWith('flink') ? 'batch' : null);
  try {
    const places = { FOLDER: folder, FIXTURES: join(HERE, '../fixtures') };
    if (basename(file) !== TABLES) await makeTables(session, dirname(file), places);
    return await runFile(session, file, line === undefined ? null : Number(line), places);
  } finally {
    await session.close();
    await rm(folder, { recursive: true });
  }
}

async function runFile(session: Session, file: string, line: number | null, places: Places): Promise<number> {
  let text = await readFile(file, 'utf8');
  const cases = parseCases(text);
  const isAsked = (one: SqlCase) => line === null || (one.line <= line && line <= one.lastLine);
  const completed: { one: SqlCase; rows: readonly string[] }[] = [];
  let failures = 0;
  let count = 0;
  for (const one of cases) {
    if (!isAsked(one) && one.expected.kind !== 'statement') continue;
    const outcome = await outcomeOf(session, one, places);
    count += 1;
    const isFilledIn = isCompleting && (!one.isComplete || line !== null) && isAsked(one);
    if (isFilledIn && one.expected.kind === 'query' && outcome.kind === 'rows') {
      completed.push({ one, rows: one.expected.ordered ? outcome.rows : [...outcome.rows].sort() });
      continue;
    }
    const difference = mismatch(one.expected, outcome);
    if (difference === null) continue;
    failures += 1;
    process.stdout.write(`${basename(file)}:${one.line}: ${one.sql}\n${difference}\n\n`);
  }
  for (const { one, rows } of completed.reverse()) text = withRows(text, one, rows);
  if (completed.length > 0) await writeFile(file, text);
  const filledIn = completed.length === 0 ? '' : `, ${completed.length} filled in`;
  process.stdout.write(`${basename(file)}: ${count} cases, ${failures} failed${filledIn}\n`);
  return failures;
}
