/** `--format arrow`: the rows as an Arrow IPC stream. */

import type { RowsResult } from '../../operators/index.js';
import type { ResultOutput } from '../output.js';

/** Copies the stream piece by piece; stops early (which cancels the query) once nobody reads. */
export async function writeArrow(result: RowsResult, output: ResultOutput): Promise<void> {
  for await (const piece of result.arrowStream()) {
    await output.write(piece);
    if (output.isClosed) return;
  }
}
