/** `millstream run`: statements in order, results on stdout, everything else on stderr. */

import type { RowsResult, StatementResult } from '../../operators/index.js';
import type { CommandContext } from '../context.js';
import { EXIT_DONE } from '../exit-codes.js';
import { writeArrow } from '../format/arrow.js';
import { createFormat, type FormatName } from '../format/formats.js';
import { writeRows } from '../format/row-format.js';
import type { ScriptJob } from '../job/job.js';
import { rowCount } from '../progress/numbers.js';
import type { Reporter } from '../progress/reporter.js';
import { noteSummary, resultOutput, type ScriptOptions, withSession } from './with-session.js';

export interface RunOptions extends ScriptOptions {
  readonly format: FormatName;
}

/** Runs a script to its end. @throws what made a statement fail */
export async function runScript(
  job: ScriptJob,
  options: RunOptions,
  context: CommandContext,
): Promise<number> {
  await withSession(job, options, context, async (session, reporter) => {
    let statements = 0;
    for await (const result of session.execute(job.source.text)) {
      statements += 1;
      await show(result, options.format, reporter, context);
    }
    if (statements === 0) reporter.note(`${job.source.name} holds no statement: nothing was run.`);
  });
  return EXIT_DONE;
}

async function show(
  result: StatementResult,
  format: FormatName,
  reporter: Reporter,
  context: CommandContext,
): Promise<void> {
  switch (result.kind) {
    case 'ok':
      if (result.message !== null) reporter.note(result.message);
      return;
    case 'explain':
      await resultOutput(reporter, context).write(`${result.text}\n`);
      return;
    case 'inserted':
      reporter.note(`${result.table}: ${rowCount(result.rows)} written`);
      noteSummary(result.summary, reporter);
      return;
    case 'rows':
      await showRows(result, format, reporter, context);
      noteSummary(result.summary(), reporter);
      return;
  }
}

async function showRows(
  result: RowsResult,
  format: FormatName,
  reporter: Reporter,
  context: CommandContext,
): Promise<void> {
  const output = resultOutput(reporter, context);
  if (format === 'arrow') {
    await writeArrow(result, output);
    return;
  }
  const rows = await writeRows(result, createFormat(format, context.terminalColumns, result.bounded), output);
  reporter.hideProgress();
  if (format === 'table') reporter.note(rowCount(rows));
}
