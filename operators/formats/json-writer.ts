/** Rows as JSON text, an object each: what the format `json` and those of change events write, as Flink does. */
import { type Column, type DataType, SinkError, type SqlValue } from '../../core/index.js';
import type { RowEncoder } from './format.js';
import { type TimestampFormat, textWriter } from './text-value.js';

/** What the options of a format say of writing. */
export interface JsonWriting {
  readonly timestampFormat: TimestampFormat;
  readonly ignoreNullFields: boolean;
  /** Decimals have all digits of their scale; false: they are written as `1.5` and `1E+3`. */
  readonly plainDecimals: boolean;
  /** What becomes of an entry of a map whose key is NULL. */
  readonly nullKeys: NullKeys;
}

/** The row cannot be written, the entry is left out, or its key is `literal`. */
export type NullKeys =
  | { readonly mode: 'FAIL' | 'DROP' }
  | { readonly mode: 'LITERAL'; readonly literal: string };

/** Writes an object for each row. */
export class JsonEncoder implements RowEncoder {
  readonly #write: WriteJson;

  constructor(columns: readonly Column[], options: JsonWriting) {
    this.#write = objectWriter(columns, options);
  }

  encode(row: readonly SqlValue[]): Uint8Array {
    return Buffer.from(this.text(row));
  }

  /** @throws {SinkError} SINK_ROW */
  text(row: readonly SqlValue[]): string {
    return this.#write(row);
  }
}

type WriteJson = (value: SqlValue) => string;

function objectWriter(columns: readonly Column[], options: JsonWriting): WriteJson {
  const fields = columns.map(({ name, type }) => ({
    name: JSON.stringify(name),
    write: writer(type, options),
  }));
  return (row) => {
    const parts: string[] = [];
    fields.forEach(({ name, write }, i) => {
      const value = (row as readonly SqlValue[])[i]!;
      if (value !== null || !options.ignoreNullFields) parts.push(`${name}:${write(value)}`);
    });
    return `{${parts.join(',')}}`;
  };
}

function writer(type: DataType, options: JsonWriting): WriteJson {
  const write = presentWriter(type, options);
  return (value) => (value === null ? 'null' : write(value));
}

function presentWriter(type: DataType, options: JsonWriting): WriteJson {
  switch (type.kind) {
    case 'BOOLEAN':
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
    case 'INTERVAL_YEAR_MONTH':
    case 'INTERVAL_DAY_TIME':
      return String;
    case 'DECIMAL':
      return options.plainDecimals ? String : (value) => shortDecimal(value as string);
    case 'FLOAT':
    case 'DOUBLE':
      return (value) => (Number.isFinite(value) ? jsonFloat(value as number) : `"${String(value)}"`);
    case 'ARRAY': {
      const write = writer(type.element, options);
      return (value) => `[${(value as readonly SqlValue[]).map(write).join(',')}]`;
    }
    case 'MAP':
      return mapWriter(type.key, writer(type.value, options), options);
    case 'MULTISET':
      return mapWriter(type.element, String, options);
    case 'ROW':
      return objectWriter(type.fields, options);
    default: {
      const text = textWriter(type, options.timestampFormat);
      return (value) => JSON.stringify(text(value));
    }
  }
}

function mapWriter(keyType: DataType, item: WriteJson, options: JsonWriting): WriteJson {
  const key = textWriter(keyType, options.timestampFormat);
  const name = (value: SqlValue) => (value === null ? nullKey(options.nullKeys) : key(value));
  return (value) => {
    const entries: string[] = [];
    for (const [each, own] of value as readonly (readonly [SqlValue, SqlValue])[]) {
      const text = name(each);
      if (text !== null) entries.push(`${JSON.stringify(text)}:${item(own)}`);
    }
    return `{${entries.join(',')}}`;
  };
}

/** The name of the entry; null: it is left out. */
function nullKey(keys: NullKeys): string | null {
  if (keys.mode === 'LITERAL') return keys.literal;
  if (keys.mode === 'DROP') return null;
  throw new SinkError('SINK_ROW', 'A map with a NULL key cannot be written as JSON, whose keys are texts.', {
    hint: "Set the format's 'map-null-key.mode' to 'DROP', which leaves such entries out, or to 'LITERAL'.",
  });
}

/** `1.0`, as Java writes it: a reader that looks at the form sees that it is no integer. */
function jsonFloat(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** The smallest exponent, of the first digit, that Java writes without `E`. */
const LEAST_PLAIN_EXPONENT = -6;

/** The decimal without zeros at its end, as Java's BigDecimal writes it: `1.50` is `1.5`, `20` is `2E+1`. */
function shortDecimal(text: string): string {
  const sign = text.startsWith('-') ? '-' : '';
  const [integer = '', fraction = ''] = text.slice(sign.length).split('.');
  const all = (integer + fraction).replace(/^0+/, '');
  if (all === '') return '0';
  const digits = all.replace(/0+$/, '');
  const scale = fraction.length - (all.length - digits.length);
  const exponent = digits.length - 1 - scale;
  if (scale < 0 || exponent < LEAST_PLAIN_EXPONENT) {
    const rest = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${sign}${digits[0]}${rest}E${exponent < 0 ? '' : '+'}${exponent}`;
  }
  if (scale === 0) return sign + digits;
  const padded = digits.padStart(scale + 1, '0');
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}
