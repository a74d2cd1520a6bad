/**
 * The `avro` format: Avro's binary encoding without its schema, which is the one that Flink derives from the table: a nullable
 * column is a union of null and its type, TIMESTAMP is timestamp-millis, DECIMAL bytes. (Apache Avro specification, "Binary Encoding".)
 */
import {
  type Column,
  ConfigurationError,
  type DataType,
  decimalText,
  type SqlValue,
  typeToText,
  unscaledDecimal,
} from '../../core/index.js';
import { INSERT } from '../streaming/row-function.js';
import { AvroReader, AvroWriter } from './avro-bytes.js';
import { MalformedRecord, type RowDecoder, type RowEncoder } from './format.js';

interface AvroType {
  read(from: AvroReader): SqlValue;
  write(to: AvroWriter, value: SqlValue): void;
}

export class AvroDecoder implements RowDecoder {
  readonly #row: AvroType;

  /** @throws {ConfigurationError} OPTION_UNSUPPORTED */
  constructor(columns: readonly Column[]) {
    this.#row = recordType(columns);
  }

  decode(record: Uint8Array, take: Parameters<RowDecoder['decode']>[1]): void {
    const reader = new AvroReader(record);
    const row = this.#row.read(reader) as readonly SqlValue[];
    if (!reader.isAtEnd) throw new MalformedRecord('bytes are left behind the last field');
    take(row, INSERT);
  }
}

export class AvroEncoder implements RowEncoder {
  readonly #row: AvroType;

  /** @throws {ConfigurationError} OPTION_UNSUPPORTED */
  constructor(columns: readonly Column[]) {
    this.#row = recordType(columns);
  }

  encode(row: readonly SqlValue[]): Uint8Array {
    const writer = new AvroWriter();
    this.#row.write(writer, row);
    return writer.record();
  }
}

function recordType(fields: readonly Column[]): AvroType {
  const types = fields.map(({ name, type }) => avroType(name, type));
  return {
    read: (from) => types.map((type) => type.read(from)),
    write: (to, row) => {
      types.forEach((type, i) => {
        type.write(to, (row as readonly SqlValue[])[i]!);
      });
    },
  };
}

function avroType(name: string, type: DataType): AvroType {
  const present = presentType(name, type);
  if (!type.nullable) return present;
  return {
    read: (from) => {
      const branch = from.long();
      if (branch > 1n || branch < 0n)
        throw new MalformedRecord(`field ${name}: there is no branch ${branch} in its union`);
      return branch === 0n ? null : present.read(from);
    },
    write: (to, value) => {
      to.long(value === null ? 0n : 1n);
      if (value !== null) present.write(to, value);
    },
  };
}

const INT: AvroType = {
  read: (from) => Number(from.long()),
  write: (to, value) => to.long(BigInt(value as number)),
};

function presentType(name: string, type: DataType): AvroType {
  switch (type.kind) {
    case 'BOOLEAN':
      return { read: (from) => from.byte() === 1, write: (to, value) => to.byte(value === true ? 1 : 0) };
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'DATE':
      return INT;
    case 'BIGINT':
      return { read: (from) => from.long(), write: (to, value) => to.long(value as bigint) };
    case 'FLOAT':
      return { read: (from) => from.float(), write: (to, value) => to.float(value as number) };
    case 'DOUBLE':
      return { read: (from) => from.double(), write: (to, value) => to.double(value as number) };
    case 'CHAR':
    case 'VARCHAR':
    case 'STRING':
      return {
        read: (from) => Buffer.from(from.bytes()).toString('utf8'),
        write: (to, value) => to.bytes(Buffer.from(value as string)),
      };
    case 'BINARY':
    case 'VARBINARY':
    case 'BYTES':
      return {
        read: (from) => new Uint8Array(from.bytes()),
        write: (to, value) => to.bytes(value as Uint8Array),
      };
    case 'DECIMAL':
      return {
        read: (from) => decimalText(signed(from.bytes()), type.scale),
        write: (to, value) => to.bytes(signedBytes(unscaledDecimal(value as string))),
      };
    case 'TIME':
      if (type.precision > 3) break;
      return {
        read: (from) => Number(from.long()) * 1_000,
        write: (to, value) => to.long(BigInt(Math.floor((value as number) / 1_000))),
      };
    case 'TIMESTAMP':
      if (type.precision > 3) break;
      return {
        read: (from) => from.long() * 1_000n,
        write: (to, value) => to.long((value as bigint) / 1_000n),
      };
    case 'ARRAY': {
      const element = avroType(name, type.element);
      return {
        read: (from) => from.blocks(() => element.read(from)),
        write: (to, value) => to.block(value as readonly SqlValue[], (item) => element.write(to, item)),
      };
    }
    case 'MAP':
    case 'MULTISET': {
      const key = type.kind === 'MAP' ? type.key : type.element;
      if (key.kind !== 'STRING' && key.kind !== 'VARCHAR' && key.kind !== 'CHAR') break;
      const item = type.kind === 'MAP' ? avroType(name, type.value) : INT;
      return {
        read: (from) =>
          from.blocks(() => [Buffer.from(from.bytes()).toString('utf8'), item.read(from)] as SqlValue),
        write: (to, value) =>
          to.block(value as readonly (readonly [string, SqlValue])[], ([own, content]) => {
            to.bytes(Buffer.from(own));
            item.write(to, content);
          }),
      };
    }
    case 'ROW':
      return recordType(type.fields);
    default:
  }
  throw new ConfigurationError(
    'OPTION_UNSUPPORTED',
    `the avro format has no form for column ${name} of type ${typeToText(type)}.`,
    {
      hint: 'It takes TIMESTAMP and TIME of at most 3 digits, maps with STRING keys, and no TIMESTAMP_LTZ, as in Flink.',
    },
  );
}

/** Two's complement, the most significant byte first. */
function signed(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
}

function signedBytes(value: bigint): Uint8Array {
  let width = 1;
  while (BigInt.asIntN(width * 8, value) !== value) width += 1;
  return Buffer.from(
    BigInt.asUintN(width * 8, value)
      .toString(16)
      .padStart(width * 2, '0'),
    'hex',
  );
}
