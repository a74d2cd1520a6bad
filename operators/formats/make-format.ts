/** The name and the options of a format → what reads or writes its records. */
import type { Column, CsvOptions, TableField } from '../../core/index.js';
import type { MetadataTypes } from '../connectors/metadata-types.js';
import type { OptionReader } from '../connectors/option-reader.js';
import { AvroDecoder, AvroEncoder } from './avro.js';
import { CHANGE_FORMATS, type ChangeFormatName } from './change-formats.js';
import { ChangeDecoder, ChangeEncoder, type ChangeFormat } from './change-json.js';
import { CsvDecoder, CsvEncoder } from './csv.js';
import type { RowDecoder, RowEncoder } from './format.js';
import { JsonDecoder, type JsonReading } from './json.js';
import { JsonEncoder, type JsonWriting, type NullKeys } from './json-writer.js';
import { RawDecoder, RawEncoder } from './raw.js';
import type { TimestampFormat } from './text-value.js';

/** The formats of connectors that carry one record after the other. */
export const FORMATS = [
  'json',
  'csv',
  'avro',
  'raw',
  ...(Object.keys(CHANGE_FORMATS) as ChangeFormatName[]),
] as const;
export type FormatName = (typeof FORMATS)[number];

/** A format with its options, checked. */
export interface Format {
  readonly name: FormatName;
  /** True where its rows are changes of all kinds. */
  readonly changes: boolean;
  /** What becomes of a record that cannot be read: `scan.on-parse-error` of the table. */
  readonly onParseError: OnParseError;
  /** What its records know beside the row, by key of METADATA. */
  readonly metadata: MetadataTypes;
  /**
   * @param metadata columns whose values stand behind those of `columns` in a row
   * @throws {ConfigurationError} for columns that it has no form for
   */
  decoder(columns: readonly Column[], metadata?: readonly TableField[]): RowDecoder;
  encoder(columns: readonly Column[]): RowEncoder;
}

const ON_PARSE_ERROR = ['fail', 'dead_letter'] as const;
export type OnParseError = (typeof ON_PARSE_ERROR)[number];

/**
 * Reads the option `key` (a format's name), and below `scope` those of that format, `json.ignore-parse-errors`.
 * @throws {ConfigurationError} OPTION_MISSING, OPTION_VALUE, OPTION_UNSUPPORTED
 */
export function readFormat(
  options: OptionReader,
  key: string,
  scope = options,
  use: 'read' | 'write' = 'read',
): Format {
  options.required(key);
  const name = options.choice(key, FORMATS, 'json');
  const onParseError = options.choice('scan.on-parse-error', ON_PARSE_ERROR, 'fail');
  const own = scope.below(`${name}.`);
  const made = isChangeFormat(name) ? changeFormat(name, own, use) : READERS[name](own);
  return { metadata: {}, ...made, name, onParseError };
}

type Made = Omit<Format, 'name' | 'onParseError' | 'metadata'>;

function isChangeFormat(name: FormatName): name is ChangeFormatName {
  return name in CHANGE_FORMATS;
}

function changeFormat(name: ChangeFormatName, options: OptionReader, use: 'read' | 'write') {
  const format: ChangeFormat = CHANGE_FORMATS[name](options, use);
  const reading = {
    failOnMissingField: false,
    ignoreParseErrors: options.flag('ignore-parse-errors', false),
    timestampFormat: timestampFormat(options),
  };
  const writing = jsonWriting(options);
  const types = Object.entries(format.metadata).map(([key, { type }]) => [key, type] as const);
  return {
    changes: true,
    metadata: Object.fromEntries(types),
    decoder: (columns: readonly Column[], metadata: readonly TableField[] = []) =>
      new ChangeDecoder(format, columns, metadata, reading),
    encoder: (columns: readonly Column[]) => new ChangeEncoder(format, columns, writing),
  };
}

const READERS: Readonly<Record<Exclude<FormatName, ChangeFormatName>, (options: OptionReader) => Made>> = {
  json: (options) => {
    options.noted('decode.json-parser.enabled');
    const reading = jsonReading(options);
    const writing = jsonWriting(options);
    return {
      changes: false,
      decoder: (columns) => new JsonDecoder(columns, reading),
      encoder: (columns) => new JsonEncoder(columns, writing),
    };
  },
  csv: (options) => {
    const csv = csvOptions(options);
    return {
      changes: false,
      decoder: (columns) => new CsvDecoder(columns, csv),
      encoder: (columns) => new CsvEncoder(columns, csv),
    };
  },
  avro: (options) => {
    options.refused('encoding', 'binary');
    options.refused('timestamp_mapping.legacy', 'true');
    options.noted('codec');
    return {
      changes: false,
      decoder: (columns) => new AvroDecoder(columns),
      encoder: (columns) => new AvroEncoder(columns),
    };
  },
  raw: (options) => {
    options.refused('charset', 'UTF-8');
    options.refused('endianness', 'big-endian');
    return {
      changes: false,
      decoder: (columns) => new RawDecoder(columns),
      encoder: (columns) => new RawEncoder(columns),
    };
  },
};

function jsonReading(options: OptionReader): JsonReading {
  const failOnMissingField = options.flag('fail-on-missing-field', false);
  const ignoreParseErrors = options.flag('ignore-parse-errors', false);
  if (failOnMissingField && ignoreParseErrors) {
    throw options.error(
      'OPTION_VALUE',
      'fail-on-missing-field and ignore-parse-errors cannot both be true',
      'Remove one of them.',
    );
  }
  return { failOnMissingField, ignoreParseErrors, timestampFormat: timestampFormat(options) };
}

function jsonWriting(options: OptionReader): JsonWriting {
  return {
    timestampFormat: timestampFormat(options),
    ignoreNullFields: options.flag('encode.ignore-null-fields', false),
    plainDecimals: options.flag('encode.decimal-as-plain-number', false),
    nullKeys: nullKeys(options),
  };
}

function nullKeys(options: OptionReader): NullKeys {
  const mode = options.choice('map-null-key.mode', ['FAIL', 'DROP', 'LITERAL'] as const, 'FAIL');
  const literal = options.text('map-null-key.literal') ?? 'null';
  return mode === 'LITERAL' ? { mode, literal } : { mode };
}

function timestampFormat(options: OptionReader): TimestampFormat {
  return options.choice('timestamp-format.standard', ['SQL', 'ISO-8601'] as const, 'SQL');
}

function csvOptions(options: OptionReader): CsvOptions {
  options.refused('array-element-delimiter', ';');
  options.noted('write-bigdecimal-in-scientific-notation');
  const isUnquoted = options.flag('disable-quote-character', false);
  return {
    delimiter: character(options, 'field-delimiter') ?? ',',
    quote: isUnquoted ? '' : (character(options, 'quote-character') ?? '"'),
    escape: character(options, 'escape-character'),
    allowComments: options.flag('allow-comments', false),
    ignoreParseErrors: options.flag('ignore-parse-errors', false),
    nullLiteral: options.text('null-literal'),
  };
}

const ESCAPES: Readonly<Record<string, string>> = { '\\t': '\t', '\\n': '\n', '\\r': '\r', '\\\\': '\\' };

function character(options: OptionReader, key: string): string | null {
  const text = options.text(key);
  if (text === null) return null;
  const char = ESCAPES[text] ?? text;
  if (char.length !== 1) throw options.wrong(key, 'Expected one character.');
  return char;
}
