/** The values of `--format`. */
import { CsvFormat } from './csv.js';
import { JsonLinesFormat } from './jsonl.js';
import type { RowFormat } from './row-format.js';
import { TableFormat } from './table.js';

export const FORMATS = ['table', 'jsonl', 'csv', 'arrow'] as const;

export type FormatName = (typeof FORMATS)[number];

/** A fresh writer of a text format; `terminalColumns` null: the output is no terminal. */
export function createFormat(
  name: Exclude<FormatName, 'arrow'>,
  terminalColumns: number | null,
  bounded: boolean,
): RowFormat {
  switch (name) {
    case 'table':
      return new TableFormat(terminalColumns, bounded);
    case 'jsonl':
      return new JsonLinesFormat();
    case 'csv':
      return new CsvFormat();
  }
}
