/** The `csv` format: a line for each row, its fields by position. Options and meaning are Flink's. */
import {
  type Column,
  ConfigurationError,
  type CsvOptions,
  type DataType,
  type SqlValue,
  typeToText,
} from '../../core/index.js';
import { INSERT } from '../streaming/row-function.js';
import { MalformedRecord, type RowDecoder, type RowEncoder } from './format.js';
import { type TextReader, textReader, textWriter } from './text-value.js';

/** Reads one line of fields. */
export class CsvDecoder implements RowDecoder {
  readonly #readers: readonly TextReader[];

  /** @throws {ConfigurationError} OPTION_UNSUPPORTED for a column that has no text form */
  constructor(
    private readonly columns: readonly Column[],
    private readonly options: CsvOptions,
  ) {
    for (const column of columns) checkFlat(column);
    this.#readers = columns.map(({ type }) => textReader(type, 'SQL'));
  }

  decode(record: Uint8Array, take: Parameters<RowDecoder['decode']>[1]): void {
    const text = Buffer.from(record.buffer, record.byteOffset, record.byteLength).toString('utf8');
    const { ignoreParseErrors, allowComments } = this.options;
    if (allowComments && text.startsWith('#')) return;
    const fields = csvFields(text.replace(/\r?\n$/, ''), this.options);
    if (fields === null) {
      if (ignoreParseErrors) return;
      throw new MalformedRecord(`${JSON.stringify(text.slice(0, 200))} has a quote that does not end`);
    }
    if (fields.length !== this.columns.length && !ignoreParseErrors) {
      throw new MalformedRecord(
        `${JSON.stringify(text.slice(0, 200))} has ${fields.length} field(s), and the table ${this.columns.length}`,
      );
    }
    take(
      this.columns.map((column, i) => this.#value(column, this.#readers[i]!, fields[i])),
      INSERT,
    );
  }

  #value({ name }: Column, read: TextReader, text: string | undefined): SqlValue {
    const { nullLiteral, ignoreParseErrors } = this.options;
    if (text === undefined || text === nullLiteral) return null;
    try {
      return read(text);
    } catch (error) {
      if (!(error instanceof MalformedRecord)) throw error;
      if (ignoreParseErrors) return null;
      throw new MalformedRecord(`field ${JSON.stringify(name)}: ${error.message}`);
    }
  }
}

/** The fields of a line; null where a quoted one does not end. */
function csvFields(line: string, { delimiter, quote, escape: escaper }: CsvOptions): string[] | null {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (quote !== '' && line[at] === quote) {
      let text = '';
      at += 1;
      for (;;) {
        if (at >= line.length) return null;
        const char = line[at]!;
        if (escaper !== null && char === escaper && at + 1 < line.length) {
          text += line[at + 1]!;
          at += 2;
        } else if (char === quote && line[at + 1] === quote) {
          text += quote;
          at += 2;
        } else if (char === quote) {
          at += 1;
          break;
        } else {
          text += char;
          at += 1;
        }
      }
      fields.push(text);
      const end = line.indexOf(delimiter, at);
      if (end < 0) return fields;
      at = end + 1;
    } else {
      const end = line.indexOf(delimiter, at);
      fields.push(end < 0 ? line.slice(at) : line.slice(at, end));
      if (end < 0) return fields;
      at = end + 1;
    }
  }
}

/** Writes one line of fields, without its end. */
export class CsvEncoder implements RowEncoder {
  readonly #writers: readonly ((value: SqlValue) => string)[];

  constructor(
    columns: readonly Column[],
    private readonly options: CsvOptions,
  ) {
    for (const column of columns) checkFlat(column);
    this.#writers = columns.map(({ type }) => textWriter(type, 'SQL'));
  }

  encode(row: readonly SqlValue[]): Uint8Array {
    const fields = row.map((value, i) => {
      if (value === null) return this.options.nullLiteral ?? '';
      return this.#quoted(this.#writers[i]!(value));
    });
    return Buffer.from(fields.join(this.options.delimiter));
  }

  #quoted(text: string): string {
    const { quote, delimiter, escape: escaper } = this.options;
    const isPlain = ![quote, delimiter, '\n', '\r', escaper ?? quote].some(
      (char) => char !== '' && text.includes(char),
    );
    if (quote === '' || isPlain) return text;
    const escaped = escaper === null ? text : text.replaceAll(escaper, escaper + escaper);
    return `${quote}${escaped.replaceAll(quote, (escaper ?? quote) + quote)}${quote}`;
  }
}

const NESTED: readonly DataType['kind'][] = ['ARRAY', 'MAP', 'MULTISET', 'ROW'];

function checkFlat({ name, type }: Column): void {
  if (!NESTED.includes(type.kind)) return;
  throw new ConfigurationError(
    'OPTION_UNSUPPORTED',
    `the csv format has no form for column ${name} of type ${typeToText(type)}.`,
    { hint: 'Use the json or avro format.' },
  );
}
