/** The case files of a folder. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCases, type SqlCase } from './run-case.js';

/** What makes the tables of the other files of its folder. */
export const TABLES = '00-tables.slt';

export interface CaseFile {
  readonly name: string;
  readonly cases: readonly SqlCase[];
}

/** Those whose names contain `wanted` and the one that makes their tables, which is first. */
export async function readCaseFiles(folder: string, wanted: string): Promise<CaseFile[]> {
  const names = (await readdir(folder))
    .filter((name) => name.endsWith('.slt') && (name === TABLES || name.includes(wanted)))
    .sort();
  return Promise.all(
    names.map(async (name) => ({ name, cases: parseCases(await readFile(join(folder, name), 'utf8')) })),
  );
}
