/** One interface for the text formats, and the copying of rows from a result to them. */
import type { Column } from '../../core/index.js';
import type { ResultBatch, RowsResult } from '../../operators/index.js';
import type { ResultOutput } from '../output.js';

/** Turns decoded rows into text. One instance writes one result. */
export interface RowFormat {
  /** Text before the first row. */
  begin(columns: readonly Column[]): string;
  /** Text of the rows; may hold some back until `end`. */
  rows(batch: ResultBatch): string;
  /** What was held back, and text after the last row. */
  end(): string;
}

/**
 * Writes all rows of a result, batch by batch; memory does not grow with the number of rows.
 * Stops early (which cancels the query) once nobody reads. Returns the number of rows taken.
 */
export async function writeRows(
  result: RowsResult,
  format: RowFormat,
  output: ResultOutput,
): Promise<number> {
  let rows = 0;
  await writeText(output, format.begin(result.columns));
  for await (const batch of result.batches()) {
    rows += batch.rows;
    await writeText(output, format.rows(batch));
    if (output.isClosed) return rows;
  }
  await writeText(output, format.end());
  return rows;
}

async function writeText(output: ResultOutput, text: string): Promise<void> {
  if (text !== '') await output.write(text);
}
