/** `--format csv`: RFC 4180 with a header line; NULL is an empty field, an empty string is `""`. */
import type { Column } from '../../core/index.js';
import type { ResultBatch } from '../../operators/index.js';
import { plainText } from './plain-text.js';
import type { RowFormat } from './row-format.js';

/** Line ends are `\n`. Results with updates begin each line with the change (`op`). */
export class CsvFormat implements RowFormat {
  private columns = 0;
  private header: string | null = null;

  begin(columns: readonly Column[]): string {
    this.columns = columns.length;
    this.header = columns.map(({ name }) => field(name)).join(',');
    return '';
  }

  rows(batch: ResultBatch): string {
    let text = this.takeHeader(batch.changes !== null);
    for (let row = 0; row < batch.rows; row++) {
      if (batch.changes !== null) text += `${batch.changes[row]},`;
      for (let column = 0; column < this.columns; column++) {
        if (column > 0) text += ',';
        text += field(plainText(batch.jsonText(row, column)));
      }
      text += '\n';
    }
    return text;
  }

  end(): string {
    return this.takeHeader(false);
  }

  private takeHeader(withChanges: boolean): string {
    if (this.header === null) return '';
    const header = `${withChanges ? 'op,' : ''}${this.header}\n`;
    this.header = null;
    return header;
  }
}

function field(text: string | null): string {
  if (text === null) return '';
  if (text !== '' && !/[",\r\n]/.test(text)) return text;
  return `"${text.replaceAll('"', '""')}"`;
}
