/** How DuckDB's COPY writes the files of a filesystem table. */
import { PlanError } from '../errors.js';
import type { ScanTable } from '../plan/logical-plan.js';
import { typeFamily } from '../types/type-family.js';
import type { CsvOptions, FileFormat } from './options.js';
import { filesystemOptions } from './options.js';
import { quoteIdentifier, quoteString } from './sql-text.js';

/** Format and COPY options of one part file. */
export interface CopyText {
  readonly format: FileFormat;
  /** What stands between the parentheses of `COPY … TO … (…)`. */
  readonly copyOptions: string;
}

/**
 * The COPY options of a sink table.
 * @throws {ConfigurationError} where its options cannot be honoured
 * @throws {PlanError} for partitions of json, and for types that the format cannot hold
 */
export function renderCopy(table: ScanTable): CopyText {
  const options = filesystemOptions(table);
  checkColumns(table, options.format);
  switch (options.format) {
    case 'parquet':
      return {
        format: 'parquet',
        copyOptions: `FORMAT parquet, COMPRESSION ${options.parquetCompression.toLowerCase()}${partitionText(table)}`,
      };
    case 'csv':
      return { format: 'csv', copyOptions: csvText(options.csv) + partitionText(table) };
    case 'json':
      return { format: 'json', copyOptions: 'FORMAT json' };
  }
}

/** OVERWRITE: a second attempt begins with an empty folder. */
function partitionText({ partitionedBy }: ScanTable): string {
  if (partitionedBy.length === 0) return '';
  return `, PARTITION_BY (${partitionedBy.map(quoteIdentifier).join(', ')}), FILENAME_PATTERN 'part-{uuid}', OVERWRITE true`;
}

function csvText(csv: CsvOptions): string {
  const quoting =
    csv.quote === ''
      ? "QUOTE ''"
      : `QUOTE ${quoteString(csv.quote)}, ESCAPE ${quoteString(csv.escape ?? csv.quote)}`;
  return `FORMAT csv, HEADER false, DELIMITER ${quoteString(csv.delimiter)}, ${quoting}, NULLSTR ${quoteString(csv.nullLiteral ?? '')}`;
}

function checkColumns(table: ScanTable, format: FileFormat): void {
  const name = table.path.at(-1);
  if (table.partitionedBy.length > 0 && format === 'json') {
    throw new PlanError('PLAN_PARTITIONED_SINK', `Table ${name}: partitions are not written as json.`, {
      hint: 'Use the parquet or the csv format, or leave PARTITIONED BY out.',
    });
  }
  if (format === 'parquet') return;
  for (const column of table.columns) {
    const family = typeFamily(column.type);
    const isNested = family === 'array' || family === 'map' || family === 'multiset' || family === 'row';
    if (family === 'binary' || (format === 'csv' && isNested)) {
      throw new PlanError(
        'PLAN_SINK_TYPE',
        `Table ${name}: the ${format} format cannot write column ${column.name}.`,
        {
          hint: 'Use the parquet format.',
        },
      );
    }
  }
}
