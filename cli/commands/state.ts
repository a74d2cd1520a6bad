/** `millstream state`: what lies in a checkpoint or savepoint. */
import { resolve } from 'node:path';
import { choosePython, shownState } from '../../bridge/index.js';
import { MillstreamError } from '../../core/index.js';
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
  const rows = await readStates(resolve(path), filter, (pickles) => readPickles(pickles, context));
  return print(rows, format, context);
}

/** As JSON; those that nobody can read, and all where there is no Python, stay as they are, which a note says. */
async function readPickles(
  pickles: readonly Uint8Array[],
  { stderr }: CommandContext,
): Promise<readonly (string | null)[]> {
  const { executable } = choosePython({ configured: null });
  try {
    const shown = await shownState(pickles, executable);
    const unread = shown.filter((text) => text === null).length;
    if (unread > 0) stderr.write(`${unread} values of Python cannot be read, and are shown as base64\n`);
    return shown;
  } catch (error) {
    if (!(error instanceof MillstreamError)) throw error;
    stderr.write(`Values of Python are shown as base64: ${error.message}\n`);
    return pickles.map(() => null);
  }
}

async function print(rows: RowsResult, format: FormatName, context: CommandContext): Promise<number> {
  if (format === 'arrow') await writeArrow(rows, context.stdout);
  else await writeRows(rows, createFormat(format, context.terminalColumns, true), context.stdout);
  return EXIT_DONE;
}
