/** The name and the options of a format → what reads or writes its records. */
import type { Column, CsvOptions } from '../../core/index.js';
import type { OptionReader } from '../connectors/option-reader.js';
import { AvroDecoder, AvroEncoder } from './avro.js';
import { CsvDecoder, CsvEncoder } from './csv.js';
import { DebeziumDecoder, DebeziumEncoder } from './debezium-json.js';
import type { RowDecoder, RowEncoder } from './format.js';
import { JsonDecoder, JsonEncoder, type JsonReading } from './json.js';
import { RawDecoder, RawEncoder } from './raw.js';
import type { TimestampFormat } from './text-value.js';

/** The formats of connectors that carry one record after the other. */
export const FORMATS = ['json', 'csv', 'avro', 'raw', 'debezium-json'] as const;
export type FormatName = (typeof FORMATS)[number];

/** A format with its options, checked. */
export interface Format {
  readonly name: FormatName;
  /** True where its rows are changes of all kinds. */
  readonly changes: boolean;
  /** What becomes of a record that cannot be read: `scan.on-parse-error` of the table. */
  readonly onParseError: OnParseError;
  /** @throws {ConfigurationError} for columns that it has no form for */
  decoder(columns: readonly Column[]): RowDecoder;
  encoder(columns: readonly Column[]): RowEncoder;
}

const ON_PARSE_ERROR = ['fail', 'dead_letter'] as const;
export type OnParseError = (typeof ON_PARSE_ERROR)[number];

/**
 * Reads the option `key` (a format's name), and below `scope` those of that format, `json.ignore-parse-errors`.
 * @throws {ConfigurationError} OPTION_MISSING, OPTION_VALUE, OPTION_UNSUPPORTED
 */
export function readFormat(options: OptionReader, key: string, scope = options): Format {
  options.required(key);
  const name = options.choice(key, FORMATS, 'json');
  const onParseError = options.choice('scan.on-parse-error', ON_PARSE_ERROR, 'fail');
  return { name, onParseError, ...READERS[name](scope.below(`${name}.`)) };
}

type Made = Omit<Format, 'name' | 'onParseError'>;

const READERS: Readonly<Record<FormatName, (options: OptionReader) => Made>> = {
  json: (options) => {
    const reading = jsonReading(options);
    const writing = jsonWriting(options);
    return {
      changes: false,
      decoder: (columns) => new JsonDecoder(columns, reading),
      encoder: (columns) => new JsonEncoder(columns, writing),
    };
  },
  'debezium-json': (options) => {
    const reading = jsonReading(options);
    const writing = jsonWriting(options);
    const hasSchema = options.flag('schema-include', false);
    return {
      changes: true,
      decoder: (columns) => new DebeziumDecoder(columns, reading, hasSchema),
      encoder: (columns) => new DebeziumEncoder(columns, writing),
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

function jsonWriting(options: OptionReader) {
  options.refused('map-null-key.mode', 'FAIL');
  options.refused('map-null-key.literal', null);
  options.noted('encode.decimal-as-plain-number', 'decode.json-parser.enabled');
  return {
    timestampFormat: timestampFormat(options),
    ignoreNullFields: options.flag('encode.ignore-null-fields', false),
  };
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
