/** Options of the filesystem connector and its formats: honoured, noted (no use for them here), or refused. */
import { parseDuration } from '../config/parse-duration.js';
import { ConfigurationError } from '../errors.js';
import type { ScanTable } from '../plan/logical-plan.js';
import { localPath } from '../text/local-path.js';
import { nearNames } from '../text/near-names.js';

/** The formats of files that DuckDB reads and writes. */
export const FILE_FORMATS = ['parquet', 'csv', 'json'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/** What the options of a filesystem table ask for, defaults filled in. */
export interface FilesystemOptions {
  readonly path: string;
  readonly format: FileFormat;
  /** Files that come are read too. */
  readonly isMonitored: boolean;
  readonly csv: CsvOptions;
  readonly json: JsonOptions;
  readonly parquetCompression: string;
}

export interface CsvOptions {
  readonly delimiter: string;
  /** Empty: fields are never quoted. */
  readonly quote: string;
  /** Null: a quote is written twice. */
  readonly escape: string | null;
  readonly allowComments: boolean;
  readonly ignoreParseErrors: boolean;
  /** Null: no text stands for NULL. */
  readonly nullLiteral: string | null;
}

export interface JsonOptions {
  readonly ignoreParseErrors: boolean;
  readonly timestampFormat: 'SQL' | 'ISO-8601';
}

const HONOURED = [
  'connector',
  'path',
  'format',
  'source.monitor-interval',
  'csv.field-delimiter',
  'csv.disable-quote-character',
  'csv.quote-character',
  'csv.escape-character',
  'csv.allow-comments',
  'csv.ignore-parse-errors',
  'csv.null-literal',
  'json.ignore-parse-errors',
  'json.timestamp-format.standard',
  'parquet.compression',
];

/** Options of the connector that are not those of a format: accepted without effect, or with the value that changes nothing. */
export const FILE_CONNECTOR_OPTIONS = {
  noted: [
    'source.report-statistics',
    'scan.parallelism',
    'sink.parallelism',
    'sink.rolling-policy.file-size',
    'sink.rolling-policy.rollover-interval',
    'sink.rolling-policy.check-interval',
    'sink.rolling-policy.inactivity-interval',
    'auto-compaction',
    'compaction.file-size',
  ],
  refused: {
    'source.path.regex-pattern': null,
    'partition.default-name': '__HIVE_DEFAULT_PARTITION__',
    'sink.partition-commit.policy.kind': null,
  },
} as const;

/** Accepted without effect: they tune what runs otherwise here. */
const NOTED: readonly string[] = [
  ...FILE_CONNECTOR_OPTIONS.noted,
  'json.decode.json-parser.enabled',
  'json.encode.decimal-as-plain-number',
  'csv.write-bigdecimal-in-scientific-notation',
  'parquet.block.size',
  'parquet.page.size',
  'parquet.dictionary.page.size',
  'parquet.enable.dictionary',
];

/** Would change results and is not supported; accepted with the value that changes nothing. */
const REFUSED: Readonly<Record<string, string | null>> = {
  ...FILE_CONNECTOR_OPTIONS.refused,
  'csv.array-element-delimiter': ';',
  'json.fail-on-missing-field': 'false',
  'json.encode.ignore-null-fields': 'false',
  'json.map-null-key.mode': 'FAIL',
  'json.map-null-key.literal': null,
  'parquet.utc-timezone': 'false',
  'parquet.write.int64.timestamp': 'false',
  'parquet.timestamp.time.unit': 'micros',
};

/**
 * The options of a table with the connector `filesystem`.
 * @throws {ConfigurationError} `OPTION_UNKNOWN`, `OPTION_MISSING`, `OPTION_VALUE` or `OPTION_UNSUPPORTED`.
 */
export function filesystemOptions(table: ScanTable): FilesystemOptions {
  checkKeys(table);
  const format = required(table, 'format').toLowerCase();
  if (!isFileFormat(format)) {
    throw failure(
      table,
      'OPTION_VALUE',
      `format '${format}' is not supported`,
      `Formats: ${FILE_FORMATS.join(', ')}.`,
    );
  }
  return {
    path: localPath(required(table, 'path')),
    format,
    isMonitored: isMonitored(table),
    csv: csvOptions(table),
    json: {
      ignoreParseErrors: flag(table, 'json.ignore-parse-errors'),
      timestampFormat: timestampFormat(table),
    },
    parquetCompression: choice(table, 'parquet.compression', COMPRESSIONS, 'SNAPPY'),
  };
}

function isFileFormat(name: string): name is FileFormat {
  return FILE_FORMATS.some((format) => format === name);
}

/** Options of a table that are accepted and do nothing here, for one note each. */
export function notedOptions(table: ScanTable): readonly string[] {
  return Object.keys(table.options).filter((key) => NOTED.includes(key));
}

const COMPRESSIONS = ['SNAPPY', 'GZIP', 'ZSTD', 'LZ4', 'UNCOMPRESSED'];

function checkKeys(table: ScanTable): void {
  for (const [key, value] of Object.entries(table.options)) {
    if (HONOURED.includes(key) || NOTED.includes(key)) continue;
    const neutral = Object.hasOwn(REFUSED, key) ? REFUSED[key] : undefined;
    if (neutral === undefined) {
      const near = nearNames(key, [...HONOURED, ...NOTED, ...Object.keys(REFUSED)]);
      throw failure(
        table,
        'OPTION_UNKNOWN',
        `unknown option '${key}'`,
        near.length > 0 ? `Did you mean ${near.map((name) => `'${name}'`).join(' or ')}?` : 'Remove it.',
      );
    }
    if (neutral === null || neutral.toLowerCase() !== value.toLowerCase()) {
      const hint = neutral === null ? 'Remove it.' : `Remove it, or set it to '${neutral}'.`;
      throw failure(
        table,
        'OPTION_UNSUPPORTED',
        `option '${key}' = '${value}' would change the result and is not supported`,
        hint,
      );
    }
  }
}

function isMonitored(table: ScanTable): boolean {
  const text = table.options['source.monitor-interval'];
  if (text === undefined) return false;
  try {
    if (parseDuration(text) > 0) return true;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
  }
  const message = `option 'source.monitor-interval' = '${text}' is not a duration above 0`;
  throw failure(table, 'OPTION_VALUE', message, "Write a number and a unit: '500 ms', '10 s'.");
}

function csvOptions(table: ScanTable): CsvOptions {
  const isUnquoted = flag(table, 'csv.disable-quote-character');
  return {
    delimiter: character(table, 'csv.field-delimiter') ?? ',',
    quote: isUnquoted ? '' : (character(table, 'csv.quote-character') ?? '"'),
    escape: character(table, 'csv.escape-character'),
    allowComments: flag(table, 'csv.allow-comments'),
    ignoreParseErrors: flag(table, 'csv.ignore-parse-errors'),
    nullLiteral: table.options['csv.null-literal'] ?? null,
  };
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\t': '\t',
  '\\n': '\n',
  '\\r': '\r',
  '\\\\': '\\',
  '\\u0001': '\u0001',
};

/** One character; `\t` and its like stand for themselves. */
function character(table: ScanTable, key: string): string | null {
  const value = table.options[key];
  if (value === undefined) return null;
  const text = ESCAPES[value] ?? value;
  if (text.length !== 1)
    throw failure(table, 'OPTION_VALUE', `option '${key}' = '${value}' is not one character`, null);
  return text;
}

function flag(table: ScanTable, key: string): boolean {
  return choice(table, key, ['TRUE', 'FALSE'], 'FALSE') === 'TRUE';
}

function choice(table: ScanTable, key: string, values: readonly string[], standard: string): string {
  const value = (table.options[key] ?? standard).toUpperCase();
  if (!values.includes(value)) {
    throw failure(
      table,
      'OPTION_VALUE',
      `option '${key}' = '${table.options[key]}'`,
      `Values: ${values.join(', ').toLowerCase()}.`,
    );
  }
  return value;
}

function timestampFormat(table: ScanTable): JsonOptions['timestampFormat'] {
  const value = choice(table, 'json.timestamp-format.standard', ['SQL', 'ISO-8601'], 'SQL');
  return value === 'SQL' ? 'SQL' : 'ISO-8601';
}

function required(table: ScanTable, key: string): string {
  const value = table.options[key];
  if (value === undefined || value === '') {
    throw failure(table, 'OPTION_MISSING', `the connector 'filesystem' needs the option '${key}'`, null);
  }
  return value;
}

function failure(table: ScanTable, code: string, message: string, hint: string | null): ConfigurationError {
  return new ConfigurationError(code, `Table ${table.path.at(-1)}: ${message}.`, { hint });
}
