/** The `debezium-json` format: change events, `{"before": …, "after": …, "op": "c" | "r" | "u" | "d"}`. */
import type { Column, SqlValue } from '../../core/index.js';
import {
  type Change,
  DELETE,
  INSERT,
  isAddition,
  UPDATE_AFTER,
  UPDATE_BEFORE,
} from '../streaming/row-function.js';
import { MalformedRecord, type RowDecoder, type RowEncoder } from './format.js';
import { JsonDecoder, JsonEncoder, type JsonReading, type JsonWriting, parsedObject } from './json.js';

interface Envelope {
  readonly before?: unknown;
  readonly after?: unknown;
  readonly op?: unknown;
}

/** Reads events; an empty record is a tombstone behind a removal and says nothing. */
export class DebeziumDecoder implements RowDecoder {
  readonly #rows: JsonDecoder;

  /** @param hasSchema events are `{"schema": …, "payload": …}` */
  constructor(
    columns: readonly Column[],
    private readonly options: JsonReading,
    private readonly hasSchema: boolean,
  ) {
    this.#rows = new JsonDecoder(columns, options);
  }

  decode(record: Uint8Array, take: Parameters<RowDecoder['decode']>[1]): void {
    if (record.length === 0) return;
    const object = parsedObject(record, this.options.ignoreParseErrors);
    if (object === null) return;
    try {
      for (const [row, change] of this.#rowsOf(this.#envelope(object))) take(row, change);
    } catch (error) {
      if (!(error instanceof MalformedRecord) || !this.options.ignoreParseErrors) throw error;
    }
  }

  #envelope(object: object): Envelope {
    if (!this.hasSchema) return object;
    const { payload } = object as { readonly payload?: unknown };
    if (typeof payload === 'object' && payload !== null) return payload;
    throw new MalformedRecord("the event has no 'payload' (debezium-json.schema-include is true)");
  }

  #rowsOf({ before, after, op }: Envelope): (readonly [readonly SqlValue[], Change])[] {
    switch (op) {
      case 'c':
      case 'r':
        return [[this.#rows.row(after), INSERT]];
      case 'u':
        return [
          [this.#before(before, 'update'), UPDATE_BEFORE],
          [this.#rows.row(after), UPDATE_AFTER],
        ];
      case 'd':
        return [[this.#before(before, 'removal'), DELETE]];
      default:
        throw new MalformedRecord(`"op" is ${JSON.stringify(op) ?? 'missing'}, none of c, r, u, d`);
    }
  }

  #before(before: unknown, what: string): readonly SqlValue[] {
    if (before !== null && before !== undefined) return this.#rows.row(before);
    throw new MalformedRecord(
      `an event of ${what} has no "before" (PostgreSQL gives it where the table has REPLICA IDENTITY FULL)`,
    );
  }
}

/** Writes what comes as creation and what goes as removal, as Flink does. */
export class DebeziumEncoder implements RowEncoder {
  readonly #rows: JsonEncoder;

  constructor(columns: readonly Column[], options: JsonWriting) {
    this.#rows = new JsonEncoder(columns, options);
  }

  encode(row: readonly SqlValue[], change: Change): Uint8Array {
    const text = this.#rows.text(row);
    return Buffer.from(
      isAddition(change)
        ? `{"before":null,"after":${text},"op":"c"}`
        : `{"before":${text},"after":null,"op":"d"}`,
    );
  }
}
