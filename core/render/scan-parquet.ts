/** Parquet files, columns by name. Casts to the type a column has already cost nothing: DuckDB drops them. */
import { toDuckDbType } from '../types/arrow-type.js';
import { type FileScanSource, fileColumns, readerCall, typedSelect } from './scan-files.js';
import { castTo, quoteIdentifier, quoteString } from './sql-text.js';

/** Files that are planned one by one: it costs three times as much as a list, and keeps the count of their rows. */
const MOST_ALONE = 32;

/** Rows that DuckDB expects of files whose rows it does not count: many files, or those of a pattern, hold much. */
const EXPECTED_ROWS = 1_000_000;

/**
 * FROM text of a Parquet scan. What one of several files does not have is NULL in its rows, as in Flink; the types
 * of files do not meet: each is cast to the declared ones by itself.
 * @param isMonitored files come one by one: also what none of those at hand has is NULL
 */
export function renderParquetScan(source: FileScanSource, isMonitored: boolean): string {
  const isNamed = !isMonitored && !source.files.some((file) => /[*?[]/.test(file));
  if (isNamed && source.files.length === 1) return typed(source, readerCall('read_parquet', source, []));
  const together = readerCall('read_parquet', source, ['union_by_name = true']);
  if (readColumns(source).length === 0) return typed(source, together);
  if (isNamed && source.files.length <= MOST_ALONE) return oneByOne(source, together);
  if (source.table.partitionedBy.length === 0) {
    const rows = typed(source, readerCall('read_parquet', source, readerOptions(source)));
    return isMonitored ? rows : `(${known(source, together)} UNION ALL FROM ${rows})`;
  }
  return typed(source, isMonitored ? withDeclared(source, together) : together);
}

function typed(source: FileScanSource, from: string): string {
  return typedSelect(source, from, (name, type) => castTo(quoteIdentifier(name), toDuckDbType(type)));
}

function readColumns(source: FileScanSource): ReturnType<typeof fileColumns> {
  return fileColumns(source.table).filter(({ name }) => source.columns.includes(name));
}

function oneByOne(source: FileScanSource, together: string): string {
  const each = source.files.map((file) => {
    const alone = { ...source, files: [file] };
    return `FROM ${typed(alone, withDeclared(alone, readerCall('read_parquet', alone, [])))}`;
  });
  return `(${[known(source, together), ...each].join(' UNION ALL ')})`;
}

/** No row, and an error for a column that none of the files has. */
function known(source: FileScanSource, together: string): string {
  return `FROM ${typed(source, together)} WHERE false`;
}

/** The reader casts each file by itself. DuckDB refuses these options together with partitions in folders' names. */
function readerOptions(source: FileScanSource): readonly string[] {
  const columns = readColumns(source).map(({ name, type }) => {
    const text = quoteString(name);
    return `${text}: {'name': ${text}, 'type': ${quoteString(toDuckDbType(type))}, 'default_value': NULL}`;
  });
  return [`schema = MAP {${columns.join(', ')}}`, `explicit_cardinality = ${EXPECTED_ROWS}`];
}

/** No row of the declared columns, and those of the files. */
function withDeclared(source: FileScanSource, reader: string): string {
  const nulls = readColumns(source).map(
    ({ name, type }) => `${castTo('NULL', toDuckDbType(type))} AS ${quoteIdentifier(name)}`,
  );
  return `(SELECT ${nulls.join(', ')} WHERE false UNION ALL BY NAME SELECT * FROM ${reader})`;
}
