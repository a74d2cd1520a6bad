/** The case files of a folder. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Session } from '../../operators/index.js';
import { mismatch, outcomeOf, type Places } from './case-outcome.js';
import { parseCases, type SqlCase } from './run-case.js';

/** What makes the tables of the other files of its folder. */
export const TABLES = '00-tables.slt';

export interface CaseFile {
  readonly name: string;
  readonly cases: readonly SqlCase[];
}

/** Those whose names contain `wanted`, in the order of their names. */
export async function readCaseFiles(folder: string, wanted: string): Promise<CaseFile[]> {
  const names = (await readdir(folder))
    .filter((name) => name.endsWith('.slt') && name !== TABLES && name.includes(wanted))
    .sort();
  return Promise.all(names.map(async (name) => ({ name, cases: await casesIn(join(folder, name)) })));
}

/** Makes the tables of the case files of a folder: whatever is asked for of them is there. @throws {Error} where one cannot be made */
export async function makeTables(session: Session, folder: string, places: Places): Promise<void> {
  for (const one of await casesIn(join(folder, TABLES))) {
    const difference = mismatch(one.expected, await outcomeOf(session, one, places));
    if (difference !== null) throw new Error(`${TABLES}:${one.line}: ${one.sql}\n${difference}`);
  }
}

async function casesIn(path: string): Promise<SqlCase[]> {
  return parseCases(await readFile(path, 'utf8'));
}
