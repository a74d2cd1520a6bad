/** CSV files: no header, columns by position, as Flink's csv format reads them. */
import { ConfigurationError } from '../errors.js';
import { toDuckDbType } from '../types/arrow-type.js';
import type { Column, DataType } from '../types/data-type.js';
import { castFromText } from './cast-from-text.js';
import type { CsvOptions } from './options.js';
import { truncated } from './precision.js';
import type { FileScanSource } from './scan-files.js';
import { fileColumns, readerCall, typedSelect } from './scan-files.js';
import { operand, quoteIdentifier, quoteString } from './sql-text.js';

/**
 * A text that no field has: without a null literal nothing is NULL, and an empty field is an empty text. (U+0000 ends
 * the text of a query.)
 */
const NEVER = '\u2400';

/** FROM text of a CSV scan. */
export function renderCsvScan(source: FileScanSource, options: CsvOptions): string {
  const columns = fileColumns(source.table);
  const reader = readerCall('read_csv', source, [
    'header = false',
    'auto_detect = false',
    `columns = {${columns.map((c) => `${quoteString(c.name)}: ${quoteString(readType(c, options))}`).join(', ')}}`,
    `delim = ${quoteString(options.delimiter)}`,
    `quote = ${quoteString(options.quote)}`,
    `escape = ${quoteString(options.escape ?? options.quote)}`,
    `nullstr = ${quoteString(options.nullLiteral ?? NEVER)}`,
    'null_padding = true',
    ...(options.allowComments ? ["comment = '#'"] : []),
    ...(options.ignoreParseErrors ? ['ignore_errors = true'] : []),
  ]);
  return typedSelect(source, reader, (name, type) => value(quoteIdentifier(name), type, options));
}

/** DuckDB converts while it parses, and names file, line and column where it cannot; where errors become NULL we convert. */
function readType(column: Column, options: CsvOptions): string {
  const { type } = column;
  switch (type.kind) {
    case 'ARRAY':
    case 'MAP':
    case 'MULTISET':
    case 'ROW':
      throw new ConfigurationError(
        'OPTION_UNSUPPORTED',
        `The csv format cannot read column ${column.name}: nested types are not supported.`,
        {
          hint: 'Use the json or parquet format.',
        },
      );
    case 'BOOLEAN':
    case 'BINARY':
    case 'VARBINARY':
    case 'BYTES':
      return 'VARCHAR';
    default:
      return options.ignoreParseErrors ? 'VARCHAR' : toDuckDbType(type);
  }
}

function value(sql: string, type: DataType, options: CsvOptions): string {
  switch (type.kind) {
    case 'BOOLEAN':
      return `lower(trim(${sql})) = 'true'`;
    case 'BINARY':
    case 'VARBINARY':
    case 'BYTES':
      return `from_base64(${sql})`;
    case 'CHAR':
    case 'VARCHAR':
    case 'STRING':
      return sql;
    case 'TIME':
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return options.ignoreParseErrors
        ? castFromText(type.kind === 'TIMESTAMP_LTZ' ? `rtrim(${operand(sql)}, 'Z')` : sql, type, null)
        : truncated(sql, type.kind, 9, type.precision);
    default:
      return options.ignoreParseErrors ? castFromText(sql, type, null) : sql;
  }
}
