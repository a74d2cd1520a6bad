/** Parquet files, columns by name. Casts to the type a column has already cost nothing: DuckDB drops them. */
import { toDuckDbType } from '../types/arrow-type.js';
import type { FileScanSource } from './scan-files.js';
import { readerCall, typedSelect } from './scan-files.js';
import { castTo, quoteIdentifier } from './sql-text.js';

/** FROM text of a Parquet scan. */
export function renderParquetScan(source: FileScanSource): string {
  const reader = readerCall('read_parquet', source, []);
  return typedSelect(source, reader, (name, type) => castTo(quoteIdentifier(name), toDuckDbType(type)));
}
