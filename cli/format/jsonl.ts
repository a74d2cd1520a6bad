/** `--format jsonl`: one change a line, `{"op":"+I","row":[…]}`. */
import type { ResultBatch } from '../../operators/index.js';
import type { RowFormat } from './row-format.js';

/** Values are the result's own JSON text, so that nothing is rounded on the way. */
export class JsonLinesFormat implements RowFormat {
  private columns = 0;

  begin(columns: readonly unknown[]): string {
    this.columns = columns.length;
    return '';
  }

  rows(batch: ResultBatch): string {
    let text = '';
    for (let row = 0; row < batch.rows; row++) {
      text += `{"op":"${batch.changes?.[row] ?? '+I'}","row":[`;
      for (let column = 0; column < this.columns; column++) {
        if (column > 0) text += ',';
        text += batch.jsonText(row, column);
      }
      text += ']}\n';
    }
    return text;
  }

  end(): string {
    return '';
  }
}
