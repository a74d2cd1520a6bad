/** How DuckDB's COPY writes the files of a filesystem table. */
import { ConfigurationError, PlanError } from '../errors.js';
import type { CopyText } from '../graph/plan-options.js';
import type { ScanTable } from '../plan/logical-plan.js';
import { typeFamily } from '../types/type-family.js';
import type { CsvOptions, FileFormat } from './options.js';
import { filesystemOptions } from './options.js';
import { quoteIdentifier, quoteString } from './sql-text.js';

/**
 * The COPY options of a sink table.
 * @throws {ConfigurationError} where its options cannot be honoured, or rows would be lost by them
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
        emptyForNull: null,
      };
    case 'csv': {
      const { quoting, emptyForNull } = onlyColumnText(table, options.csv);
      const copyOptions = csvText(options.csv) + quoting + partitionText(table);
      return { format: 'csv', copyOptions, emptyForNull };
    }
    case 'json':
      return { format: 'json', copyOptions: 'FORMAT json', emptyForNull: null };
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

/**
 * An empty line is no row for readers. So the only column of a file is never empty without quotes, and where NULL is an empty text
 * it is one in quotes, too.
 * @throws {ConfigurationError} where there are no quotes
 */
function onlyColumnText(
  { path, columns, partitionedBy }: ScanTable,
  csv: CsvOptions,
): { readonly quoting: string; readonly emptyForNull: string | null } {
  const [only, ...others] = columns.filter(({ name }) => !partitionedBy.includes(name));
  if (only === undefined || others.length > 0) return { quoting: '', emptyForNull: null };
  const isText = typeFamily(only.type) === 'string';
  const isEmptyNull = only.type.nullable && (csv.nullLiteral ?? '') === '';
  if (csv.quote === '' && (isText || isEmptyNull)) {
    throw new ConfigurationError(
      'OPTION_UNSUPPORTED',
      `Table ${path.at(-1)}: without quotes a row whose only field is empty would be an empty line, which is no row.`,
      { hint: "Remove 'csv.disable-quote-character', or add a column." },
    );
  }
  return {
    // DuckDB itself puts an empty text into quotes where that stands for NULL.
    quoting: isText && !isEmptyNull ? `, FORCE_QUOTE (${quoteIdentifier(only.name)})` : '',
    emptyForNull: isEmptyNull ? only.name : null,
  };
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
