/** `millstream state`: what lies in a checkpoint or savepoint. */
import { resolve } from 'node:path';
import { listStates, type RowsResult, readStates, type StateFilter } from '../../operators/index.js';
import type { CommandContext } from '../context.js';
import { EXIT_DONE } from '../exit-codes.js';
import { writeArrow } from '../format/arrow.js';
import { createFormat, type FormatName } from '../format/formats.js';
import { writeRows } from '../format/row-format.js';

/** Lists the states of the stages. @throws as `listStates` */
export async function printStates(
  path: string,
  format: FormatName,
  context: CommandContext,
): Promise<number> {
  return print(await listStates(resolve(path)), format, context);
}

/** Prints entries. @throws as `readStates` */
export async function printEntries(
  path: string,
  filter: StateFilter,
  format: FormatName,
  context: CommandContext,
): Promise<number> {
  return print(await readStates(resolve(path), filter), format, context);
}

async function print(rows: RowsResult, format: FormatName, context: CommandContext): Promise<number> {
  if (format === 'arrow') await writeArrow(rows, context.stdout);
  else await writeRows(rows, createFormat(format, context.terminalColumns, true), context.stdout);
  return EXIT_DONE;
}
