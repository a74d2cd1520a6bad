/** Parquet files, columns by name. Casts to the type a column has already cost nothing: DuckDB drops them. */
import { toDuckDbType } from '../types/arrow-type.js';
import { type FileScanSource, fileColumns, readerCall, typedSelect } from './scan-files.js';
import { castTo, quoteIdentifier } from './sql-text.js';

/**
 * FROM text of a Parquet scan. What one of several files does not have is NULL in its rows, as in Flink.
 * @param isMonitored files come one by one: also what none of those at hand has is NULL
 */
export function renderParquetScan(source: FileScanSource, isMonitored: boolean): string {
  const isOne = !isMonitored && source.files.length === 1 && !/[*?[]/.test(source.files[0]!);
  const reader = readerCall('read_parquet', source, isOne ? [] : ['union_by_name = true']);
  const from = isMonitored ? withDeclared(source, reader) : reader;
  return typedSelect(source, from, (name, type) => castTo(quoteIdentifier(name), toDuckDbType(type)));
}

/** No row of the declared columns, and those of the files. */
function withDeclared(source: FileScanSource, reader: string): string {
  const read = fileColumns(source.table).filter(({ name }) => source.columns.includes(name));
  if (read.length === 0) return reader;
  const nulls = read.map(
    ({ name, type }) => `${castTo('NULL', toDuckDbType(type))} AS ${quoteIdentifier(name)}`,
  );
  return `(SELECT ${nulls.join(', ')} WHERE false UNION ALL BY NAME SELECT * FROM ${reader})`;
}
