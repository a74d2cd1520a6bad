/** The `raw` format: a record is the value of the table's only field. */
import {
  type Column,
  ConfigurationError,
  type DataType,
  type SqlValue,
  typeToText,
} from '../../core/index.js';
import { INSERT } from '../streaming/row-function.js';
import { MalformedRecord, type RowDecoder, type RowEncoder } from './format.js';

/** Numbers are big-endian, texts UTF-8, BOOLEAN a byte. */
export class RawDecoder implements RowDecoder {
  readonly #type: DataType;
  readonly #read: (bytes: Buffer) => SqlValue;

  /** @throws {ConfigurationError} OPTION_UNSUPPORTED */
  constructor(columns: readonly Column[]) {
    this.#type = onlyType(columns);
    this.#read = (FIXED[this.#type.kind] ?? variable(this.#type)).read;
  }

  decode(record: Uint8Array, take: Parameters<RowDecoder['decode']>[1]): void {
    const width = FIXED[this.#type.kind]?.width;
    if (width !== undefined && record.length !== width) {
      throw new MalformedRecord(`${record.length} byte(s) are no ${typeToText(this.#type)}`);
    }
    take([this.#read(Buffer.from(record.buffer, record.byteOffset, record.byteLength))], INSERT);
  }
}

export class RawEncoder implements RowEncoder {
  readonly #write: (value: SqlValue) => Buffer;

  /** @throws {ConfigurationError} OPTION_UNSUPPORTED */
  constructor(columns: readonly Column[]) {
    const type = onlyType(columns);
    this.#write = (FIXED[type.kind] ?? variable(type)).write;
  }

  encode([value = null]: readonly SqlValue[]): Uint8Array | null {
    return value === null ? null : this.#write(value);
  }
}

interface RawType {
  read(bytes: Buffer): SqlValue;
  write(value: SqlValue): Buffer;
}

function fixed(
  width: number,
  read: (bytes: Buffer) => SqlValue,
  write: (bytes: Buffer, value: SqlValue) => void,
): RawType & { readonly width: number } {
  return {
    width,
    read,
    write: (value) => {
      const bytes = Buffer.alloc(width);
      write(bytes, value);
      return bytes;
    },
  };
}

const FIXED: Readonly<Partial<Record<DataType['kind'], ReturnType<typeof fixed>>>> = {
  BOOLEAN: fixed(
    1,
    (b) => b[0] !== 0,
    (b, value) => void b.writeUInt8(value === true ? 1 : 0),
  ),
  TINYINT: fixed(
    1,
    (b) => b.readInt8(),
    (b, value) => void b.writeInt8(value as number),
  ),
  SMALLINT: fixed(
    2,
    (b) => b.readInt16BE(),
    (b, value) => void b.writeInt16BE(value as number),
  ),
  INT: fixed(
    4,
    (b) => b.readInt32BE(),
    (b, value) => void b.writeInt32BE(value as number),
  ),
  BIGINT: fixed(
    8,
    (b) => b.readBigInt64BE(),
    (b, value) => void b.writeBigInt64BE(value as bigint),
  ),
  FLOAT: fixed(
    4,
    (b) => b.readFloatBE(),
    (b, value) => void b.writeFloatBE(value as number),
  ),
  DOUBLE: fixed(
    8,
    (b) => b.readDoubleBE(),
    (b, value) => void b.writeDoubleBE(value as number),
  ),
};

function variable(type: DataType): RawType {
  const isText = type.kind === 'STRING' || type.kind === 'VARCHAR' || type.kind === 'CHAR';
  return isText
    ? { read: (bytes) => bytes.toString('utf8'), write: (value) => Buffer.from(value as string) }
    : { read: (bytes) => new Uint8Array(bytes), write: (value) => Buffer.from(value as Uint8Array) };
}

const VARIABLE: readonly DataType['kind'][] = ['STRING', 'VARCHAR', 'CHAR', 'BYTES', 'VARBINARY', 'BINARY'];

function onlyType(columns: readonly Column[]): DataType {
  const [column] = columns;
  const fits =
    columns.length === 1 && (FIXED[column!.type.kind] !== undefined || VARIABLE.includes(column!.type.kind));
  if (fits) return column!.type;
  const shown = columns.map(({ name, type }) => `${name} ${typeToText(type)}`).join(', ');
  throw new ConfigurationError(
    'OPTION_UNSUPPORTED',
    `the raw format takes one field of a simple type, not (${shown}).`,
    {
      hint: 'Use the json, csv or avro format.',
    },
  );
}
