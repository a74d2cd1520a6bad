/** What the readers of all formats share: the file list, hive partitions, the typed SELECT around a reader. */
import type { ScanTable } from '../plan/logical-plan.js';
import { toDuckDbType } from '../types/arrow-type.js';
import type { DataType } from '../types/data-type.js';
import { castTo, quoteIdentifier, quoteString } from './sql-text.js';

/** A file scan with its path resolved to files. */
export interface FileScanSource {
  readonly table: ScanTable;
  /** The columns that the query reads, in order. */
  readonly columns: readonly string[];
  /** Files or glob patterns. */
  readonly files: readonly string[];
}

/** The first argument of DuckDB's readers. */
export function fileList(files: readonly string[]): string {
  return files.length === 1 ? quoteString(files[0]!) : `[${files.map(quoteString).join(', ')}]`;
}

/** Named arguments of a reader. */
export function readerCall(reader: string, source: FileScanSource, options: readonly string[]): string {
  const partitions =
    source.table.partitionedBy.length > 0 ? ['hive_partitioning = true', 'hive_types_autocast = false'] : [];
  return `${reader}(${[fileList(source.files), ...options, ...partitions].join(', ')})`;
}

/** Columns that are in the files; those of partitions come from the folders' names. */
export function fileColumns(table: ScanTable): ScanTable['columns'] {
  return table.columns.filter((column) => !table.partitionedBy.includes(column.name));
}

/** `(SELECT … FROM reader)`: each column read by `value` unless it is a partition column. */
export function typedSelect(
  source: FileScanSource,
  reader: string,
  value: (name: string, type: DataType) => string,
): string {
  const types = new Map(source.table.columns.map((column) => [column.name, column.type]));
  const list = source.columns.map((name) => {
    const type = types.get(name)!;
    const quoted = quoteIdentifier(name);
    const sql = source.table.partitionedBy.includes(name)
      ? castTo(quoted, toDuckDbType(type))
      : value(name, type);
    return sql === quoted ? quoted : `${sql} AS ${quoted}`;
  });
  return `(SELECT ${list.length === 0 ? '1' : list.join(', ')} FROM ${reader})`;
}
