/** Formats over single records. */
import { type Column, parseTypeText, type SqlValue, type TableField } from '../../../../core/index.js';
import { OptionReader } from '../../../../operators/connectors/option-reader.js';
import { readFormat } from '../../../../operators/formats/make-format.js';
import { CHANGES } from '../../../../operators/streaming/row-function.js';

export type Options = Readonly<Record<string, string>>;

export const columnsOf = (text: string): Column[] =>
  text.split('; ').map((part) => {
    const [name = '', ...type] = part.split(' ');
    return { name, type: parseTypeText(type.join(' ')) };
  });

export function formatOf(options: Options, use: 'read' | 'write' = 'read') {
  const reader = new OptionReader('t', options);
  const format = readFormat(reader, 'format', reader, use);
  reader.finish();
  return format;
}

/** The rows of a record, each as its change and its values; `metadata` are columns that are named as their keys. */
export function decoded(
  options: Options,
  columns: string,
  record: string | Uint8Array,
  metadata: string | null = null,
): unknown[] {
  const rows: unknown[] = [];
  const known = metadata === null ? [] : columnsOf(metadata);
  const fields = known.map((column): TableField => ({ ...column, metadata: column.name }));
  const decoder = formatOf(options).decoder(columnsOf(columns), fields);
  decoder.decode(Buffer.from(record as string), (row, change) => rows.push([CHANGES[change], ...row]));
  return rows;
}

export const encoded = (
  options: Options,
  columns: string,
  row: readonly SqlValue[],
  change: 0 | 1 | 2 | 3 = 0,
) => Buffer.from(formatOf(options, 'write').encoder(columnsOf(columns)).encode(row, change)!);
