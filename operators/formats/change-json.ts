/** What the formats of change events in JSON share: records become rows that come, change and go, and rows records. */
import type { Column, DataType, SqlValue, TableField } from '../../core/index.js';
import { ltzOfMillis } from '../connectors/metadata-types.js';
import { type Change, isAddition } from '../streaming/row-function.js';
import { MalformedRecord, type RowDecoder, type RowEncoder, type TakeRow } from './format.js';
import {
  isObject,
  JsonDecoder,
  type JsonObject,
  type JsonReading,
  jsonReader,
  parsedObjects,
  readField,
} from './json.js';
import { scalarText } from './json-text.js';
import { JsonEncoder, type JsonWriting } from './json-writer.js';
import { textReader } from './text-value.js';

/** How the events of one tool say what changed. */
export interface ChangeFormat {
  /** What an event knows beside the row, by key of METADATA. */
  readonly metadata: Readonly<Record<string, EventMetadata>>;
  /** The event of a record; null: it is not of this table. @throws {MalformedRecord} */
  eventOf(record: JsonObject): JsonObject | null;
  /** The rows that an event says. @throws {MalformedRecord} */
  rowsOf(event: JsonObject, rows: EventRows): readonly ChangedRow[];
  /** The fields of an event that says that a row comes, or goes; null where JSON has null. */
  fieldsOf(row: string, isAddition: boolean): Readonly<Record<string, string | null>>;
}

export type ChangedRow = readonly [row: readonly SqlValue[], change: Change];

/** Where METADATA stands in an event, and what it is. */
export interface EventMetadata {
  /** A pattern for the types that it may be declared with. */
  readonly type: RegExp;
  /** Names of fields, from the outside in. */
  readonly path: readonly string[];
  /** `value`: as its type is read elsewhere; `millis`, `seconds`: since 1970; `time`: the text of a time in UTC. */
  readonly as: 'value' | 'millis' | 'seconds' | 'time';
  /** It stands beside the event. */
  readonly isOfRecord?: true;
}

/** Types of METADATA that several formats have. */
export const TEXT = /^(STRING|VARCHAR)/;
export const TEXTS = /^ARRAY<(STRING|VARCHAR)/;
export const MOMENT = /^TIMESTAMP_LTZ/;

/** The rows in an event. */
export class EventRows {
  readonly #decoder: JsonDecoder;

  constructor(
    private readonly columns: readonly Column[],
    options: JsonReading,
  ) {
    this.#decoder = new JsonDecoder(columns, options);
  }

  /** @throws {MalformedRecord} where `value` is no object, or a field not of its type */
  row(value: unknown): readonly SqlValue[] {
    return this.#decoder.row(value);
  }

  /** The row in the field `name`, which an event of `what` has to have. @throws {MalformedRecord} */
  rowIn(event: JsonObject, name: string, what: string, hint = ''): readonly SqlValue[] {
    const value = event[name];
    if (value !== null && value !== undefined) return this.row(value);
    throw new MalformedRecord(`an event of ${what} has no "${name}"${hint}`);
  }

  /**
   * The row as it was, of which `old` has the fields that have changed; `hasField` says whether one that is NULL there has.
   * @throws {MalformedRecord}
   */
  before(after: readonly SqlValue[], old: unknown, hasField: (name: string) => boolean): readonly SqlValue[] {
    const row = this.row(old);
    return row.map((value, i) => (value === null && !hasField(this.columns[i]!.name) ? after[i]! : value));
  }
}

/** Reads events; an empty record is a tombstone behind a removal and says nothing. */
export class ChangeDecoder implements RowDecoder {
  readonly #rows: EventRows;
  readonly #metadata: readonly ((event: JsonObject, record: JsonObject) => SqlValue)[];

  /** @param metadata columns whose values stand behind those of `columns`, with the keys of the format */
  constructor(
    private readonly format: ChangeFormat,
    columns: readonly Column[],
    metadata: readonly TableField[],
    private readonly options: JsonReading,
  ) {
    this.#rows = new EventRows(columns, options);
    this.#metadata = metadata.map(({ metadata: key, type }) =>
      metadataReader(format.metadata[key!]!, type, options),
    );
  }

  decode(record: Uint8Array, take: TakeRow): void {
    if (record.length === 0) return;
    for (const object of parsedObjects(record, this.options.ignoreParseErrors))
      this.#decodeObject(object, take);
  }

  #decodeObject(record: JsonObject, take: TakeRow): void {
    try {
      const event = this.format.eventOf(record);
      if (event === null) return;
      const changed = this.format.rowsOf(event, this.#rows);
      const known = this.#metadata.map((read) => read(event, record));
      for (const [row, change] of changed) take(known.length === 0 ? row : [...row, ...known], change);
    } catch (error) {
      if (!(error instanceof MalformedRecord) || !this.options.ignoreParseErrors) throw error;
    }
  }
}

function metadataReader({ path, as, isOfRecord }: EventMetadata, type: DataType, options: JsonReading) {
  const name = path.join('.');
  const read = as === 'value' ? jsonReader(type, options) : timeReader(as, type);
  return (event: JsonObject, record: JsonObject): SqlValue => {
    let value: unknown = isOfRecord === true ? record : event;
    for (const part of path) value = isObject(value) ? value[part] : undefined;
    return value === null || value === undefined ? null : readField(name, read, value, options);
  };
}

const WHOLE_NUMBER = /^-?\d{1,18}$/;

function timeReader(as: 'millis' | 'seconds' | 'time', type: DataType): (value: unknown) => SqlValue {
  if (as === 'time') {
    const read = textReader(type, 'SQL');
    return (value) => read(`${String(value).replace('T', ' ')}Z`);
  }
  const factor = as === 'seconds' ? 1_000n : 1n;
  return (value) => {
    const text = scalarText(value);
    if (!WHOLE_NUMBER.test(text)) throw new MalformedRecord(`${JSON.stringify(value)} is no number of ${as}`);
    return ltzOfMillis(BigInt(text) * factor, type);
  };
}

/** Writes a row that comes as its creation and one that goes as its removal: an update is one after the other, as in Flink. */
export class ChangeEncoder implements RowEncoder {
  readonly #rows: JsonEncoder;

  constructor(
    private readonly format: ChangeFormat,
    columns: readonly Column[],
    private readonly options: JsonWriting,
  ) {
    this.#rows = new JsonEncoder(columns, options);
  }

  /** @throws {SinkError} SINK_ROW */
  encode(row: readonly SqlValue[], change: Change): Uint8Array {
    const fields = Object.entries(this.format.fieldsOf(this.#rows.text(row), isAddition(change)));
    const written = this.options.ignoreNullFields ? fields.filter(([, text]) => text !== null) : fields;
    return Buffer.from(`{${written.map(([name, text]) => `"${name}":${text}`).join(',')}}`);
  }
}
