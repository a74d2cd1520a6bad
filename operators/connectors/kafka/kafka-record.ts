/** Records of Kafka as rows of a table, and rows as records. */
import type { KafkaRecord, RecordsBatch } from '@platformatic/kafka';
import { CHANGE_COLUMN, SPLIT_COLUMN, type SqlValue, type TableField } from '../../../core/index.js';
import { MalformedRecord, type RowDecoder } from '../../formats/format.js';
import { type Change, DELETE, UPDATE_AFTER } from '../../streaming/row-function.js';
import { ltzOfMillis } from '../metadata-types.js';
import { malformed } from '../record-reader.js';
import type { RejectRecord } from '../rejected-records.js';
import type { KafkaTable } from './kafka-table.js';

/** A record with where it is. */
export interface PlacedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** As `packedSplit`. */
  readonly split: bigint;
  readonly batch: RecordsBatch;
  readonly record: KafkaRecord;
}

type Place =
  | { readonly from: 'key'; readonly at: number }
  /** `inKey`: of a record without a value; below 0: it is not there. */
  | { readonly from: 'value'; readonly at: number; readonly inKey: number }
  | { readonly from: 'metadata'; readonly key: string; readonly field: TableField }
  | { readonly from: 'change' };

/** Reads the records of one table. */
export class KafkaReader {
  readonly #places: readonly Place[];
  readonly #key: RowDecoder | null;
  readonly #value: RowDecoder;

  constructor(
    private readonly name: string,
    private readonly table: KafkaTable,
    declared: readonly TableField[],
    private readonly reject: RejectRecord | null,
  ) {
    const { key, value } = table;
    this.#key = key?.format.decoder(key.fields) ?? null;
    this.#value = value.format.decoder(value.fields, value.metadata);
    this.#places = declared.map((field): Place => {
      if (field.name === CHANGE_COLUMN) return { from: 'change' };
      const known = value.metadata.findIndex(({ name }) => name === field.name);
      if (known >= 0) return { from: 'value', at: value.fields.length + known, inKey: -1 };
      if (field.metadata !== undefined) return { from: 'metadata', key: field.metadata, field };
      const at = value.names.indexOf(field.name);
      const inKey = key?.names.indexOf(field.name) ?? -1;
      return at >= 0 ? { from: 'value', at, inKey } : { from: 'key', at: inKey };
    });
  }

  /** Gives the rows of a record. @throws {SourceError} SOURCE_RECORD */
  read(placed: PlacedRecord, take: (row: SqlValue[]) => void): void {
    // A record whose second row cannot be read gives no first one.
    const rows: SqlValue[][] = [];
    try {
      this.#read(placed, (row) => rows.push(row));
    } catch (error) {
      if (!(error instanceof MalformedRecord)) throw error;
      const { topic, partition, offset, record } = placed;
      if (this.reject !== null) {
        const place = { topic, partition: String(partition), offset: String(offset) };
        const key = record.key === null ? {} : { key: record.key.toString() };
        this.reject(error, { ...place, ...key }, record.value);
        return;
      }
      throw malformed(
        this.name,
        `the record at topic ${topic}, partition ${partition}, offset ${offset}`,
        error,
      );
    }
    for (const row of rows) take(row);
  }

  #read(placed: PlacedRecord, take: (row: SqlValue[]) => void): void {
    const { key, value } = placed.record;
    let keys: readonly SqlValue[] | null = null;
    if (this.#key !== null && key !== null) this.#key.decode(key, (row) => (keys = row));
    const give = (row: readonly SqlValue[] | null, change: Change) =>
      take(this.#places.map((place) => this.#valueOf(place, placed, keys, row, change)));
    if (!this.table.isUpsert) {
      // A record without a value says nothing, as in Flink; a change format reads what it means.
      if (value !== null) this.#value.decode(value, give);
      else if (this.table.value.format.changes) this.#value.decode(new Uint8Array(0), give);
      return;
    }
    if (keys === null) throw new MalformedRecord('it has no key');
    if (value === null) give(null, DELETE);
    else this.#value.decode(value, (row) => give(row, UPDATE_AFTER));
  }

  #valueOf(
    place: Place,
    placed: PlacedRecord,
    keys: readonly SqlValue[] | null,
    values: readonly SqlValue[] | null,
    change: Change,
  ): SqlValue {
    switch (place.from) {
      case 'change':
        return change;
      case 'key':
        return keys?.[place.at] ?? null;
      case 'value':
        return values === null ? (keys?.[place.inKey] ?? null) : values[place.at]!;
      case 'metadata':
        return metadataOf(place.key, place.field, placed);
    }
  }
}

const LOG_APPEND_TIME = 0b1000;

function metadataOf(key: string, { type }: TableField, placed: PlacedRecord): SqlValue {
  const { topic, partition, offset, batch, record } = placed;
  const whole = (value: number) => (type.kind === 'BIGINT' ? BigInt(value) : value);
  const isAppendTime = (batch.attributes & LOG_APPEND_TIME) !== 0;
  switch (key) {
    case 'topic':
      return topic;
    case 'partition':
      return whole(partition);
    case 'offset':
      return offset;
    case SPLIT_COLUMN:
      return placed.split;
    case 'leader-epoch':
      return whole(batch.partitionLeaderEpoch);
    case 'timestamp-type':
      return isAppendTime ? 'LogAppendTime' : 'CreateTime';
    case 'timestamp': {
      const ms = isAppendTime ? batch.maxTimestamp : batch.firstTimestamp + record.timestampDelta;
      return ltzOfMillis(ms, type);
    }
    case 'headers':
      return record.headers.map(([name, value]) => [
        name?.toString() ?? '',
        value === null ? null : new Uint8Array(value),
      ]);
    default:
      return null;
  }
}
