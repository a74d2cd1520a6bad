/** The messages of logical replication by the plugin pgoutput (PostgreSQL, "Logical Replication Message Formats", version 1). */

/** A field of a row: its text, NULL, or what was not sent because it has not changed. */
export type SentField = string | null | typeof UNCHANGED;
export const UNCHANGED = Symbol('unchanged');

export type ReplicationMessage =
  | { readonly kind: 'begin'; readonly committedMicros: bigint }
  | { readonly kind: 'commit'; readonly end: bigint }
  | {
      readonly kind: 'relation';
      readonly id: number;
      readonly schema: string;
      readonly table: string;
      readonly columns: readonly string[];
    }
  | { readonly kind: 'insert'; readonly relation: number; readonly row: readonly SentField[] }
  /** `before` is null where the server does not send it; `isKeyOnly`: it has only the columns of the key. */
  | {
      readonly kind: 'update';
      readonly relation: number;
      readonly before: readonly SentField[] | null;
      readonly isKeyOnly: boolean;
      readonly row: readonly SentField[];
    }
  | {
      readonly kind: 'delete';
      readonly relation: number;
      readonly before: readonly SentField[];
      readonly isKeyOnly: boolean;
    }
  /** TRUNCATE among them: what it removes is not said row by row, as in Flink. */
  | { readonly kind: 'other' };

/** Microseconds from 1970-01-01 to 2000-01-01, where PostgreSQL's clock begins. */
export const POSTGRES_EPOCH_MICROS = 946_684_800_000_000n;

/** Parses one message. */
export function parseReplicationMessage(bytes: Buffer): ReplicationMessage {
  const reader = new MessageReader(bytes);
  switch (reader.letter()) {
    case 'B':
      reader.int64();
      return { kind: 'begin', committedMicros: reader.int64() + POSTGRES_EPOCH_MICROS };
    case 'C':
      reader.int8();
      reader.int64();
      return { kind: 'commit', end: reader.int64() };
    case 'R':
      return relation(reader);
    case 'I': {
      const id = reader.int32();
      reader.letter();
      return { kind: 'insert', relation: id, row: reader.row() };
    }
    case 'U': {
      const id = reader.int32();
      const first = reader.letter();
      if (first === 'N')
        return { kind: 'update', relation: id, before: null, isKeyOnly: false, row: reader.row() };
      const before = reader.row();
      reader.letter();
      return { kind: 'update', relation: id, before, isKeyOnly: first === 'K', row: reader.row() };
    }
    case 'D': {
      const id = reader.int32();
      const isKeyOnly = reader.letter() === 'K';
      return { kind: 'delete', relation: id, before: reader.row(), isKeyOnly };
    }
    default:
      return { kind: 'other' };
  }
}

function relation(reader: MessageReader): ReplicationMessage {
  const id = reader.int32();
  const schema = reader.name();
  const table = reader.name();
  reader.int8();
  const columns = Array.from({ length: reader.int16() }, () => {
    reader.int8();
    const name = reader.name();
    reader.int32();
    reader.int32();
    return name;
  });
  return { kind: 'relation', id, schema, table, columns };
}

class MessageReader {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  letter(): string {
    return String.fromCharCode(this.int8());
  }

  int8(): number {
    this.#at += 1;
    return this.bytes.readUInt8(this.#at - 1);
  }

  int16(): number {
    this.#at += 2;
    return this.bytes.readInt16BE(this.#at - 2);
  }

  int32(): number {
    this.#at += 4;
    return this.bytes.readInt32BE(this.#at - 4);
  }

  int64(): bigint {
    this.#at += 8;
    return this.bytes.readBigInt64BE(this.#at - 8);
  }

  name(): string {
    const end = this.bytes.indexOf(0, this.#at);
    const text = this.bytes.toString('utf8', this.#at, end);
    this.#at = end + 1;
    return text;
  }

  row(): SentField[] {
    return Array.from({ length: this.int16() }, () => {
      const kind = this.letter();
      if (kind === 'n') return null;
      if (kind === 'u') return UNCHANGED;
      const length = this.int32();
      this.#at += length;
      return this.bytes.toString('utf8', this.#at - length, this.#at);
    });
  }
}

/** `16/B374D848` as a number, and back. */
export function parseLsn(text: string): bigint {
  const [high = '0', low = '0'] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

export function lsnText(lsn: bigint): string {
  return `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffffffffn).toString(16).toUpperCase()}`;
}
