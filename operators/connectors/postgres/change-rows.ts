/** The messages of a replication stream as rows of a table. */
import {
  CHANGE_COLUMN,
  type Column,
  type DataType,
  type SourceStage,
  type SqlValue,
} from '../../../core/index.js';
import { type Change, DELETE, INSERT, UPDATE_AFTER, UPDATE_BEFORE } from '../../streaming/row-function.js';
import { fieldsOf } from '../fields-of.js';
import { ltzOfMillis } from '../metadata-types.js';
import { refused } from './cdc-slot.js';
import type { CdcTable } from './cdc-table.js';
import { type ReplicationMessage, type SentField, UNCHANGED } from './pgoutput.js';
import { type ServerRow, valuesReader } from './scan-rows.js';

export type TakeChange = (row: SqlValue[]) => void;

type RowMessage = Extract<ReplicationMessage, { readonly kind: 'insert' | 'update' | 'delete' }>;

export class ChangeRows {
  readonly #fields: readonly Column[];
  readonly #read: (texts: ServerRow) => SqlValue[];
  /** For each declared column its place among the fields, the key of its metadata, or the change. */
  readonly #places: readonly (number | { readonly key: string; readonly type: DataType } | 'change')[];
  /** Places among the fields of the columns of the primary key. */
  readonly #keys: readonly number[];
  /** For each column of the table here its place in the rows of the server; by relation. */
  readonly #relations = new Map<number, readonly number[]>();
  /** Those that the user has been told of. */
  readonly #goneColumns = new Set<string>();

  /** @param onNote is told of columns that go */
  constructor(
    private readonly stage: SourceStage,
    private readonly table: CdcTable,
    private readonly onNote: (text: string) => void,
  ) {
    this.#fields = fieldsOf(stage.declared);
    this.#read = valuesReader(this.#fields, stage.table, `${table.schema}.${table.name}`);
    const placeOf = (name: string) => this.#fields.findIndex((field) => field.name === name);
    this.#places = stage.declared.map(({ name, metadata: key, type }) => {
      if (name === CHANGE_COLUMN) return 'change';
      return key === undefined ? placeOf(name) : { key, type };
    });
    this.#keys = stage.primaryKey.map(placeOf);
  }

  /** The columns of the table there that are read, in the order of `snapshotRow`. */
  get names(): readonly string[] {
    return this.#fields.map(({ name }) => name);
  }

  /** A row that was there when reading began. */
  snapshotRow(texts: ServerRow): SqlValue[] {
    return this.#row(texts, INSERT, 0n);
  }

  /**
   * Columns as they are from here on: one that is new is not read, one that has gone is NULL, as in Flink.
   * @throws {SourceError} SOURCE_REPLICATION where one that has gone cannot be NULL
   */
  relation(message: Extract<ReplicationMessage, { readonly kind: 'relation' }>): void {
    const { schema, name } = this.table;
    if (message.schema !== schema || message.table !== name) return;
    const places = this.#fields.map((field) => message.columns.indexOf(field.name));
    for (const [i, field] of this.#fields.entries()) if (places[i] === -1) this.#gone(field, i, message);
    this.#relations.set(message.id, places);
  }

  #gone(
    { name: column, type }: Column,
    place: number,
    { columns }: { readonly columns: readonly string[] },
  ): void {
    const where = `${this.table.schema}.${this.table.name}`;
    if (type.nullable && !this.#keys.includes(place)) {
      if (this.#goneColumns.has(column)) return;
      this.#goneColumns.add(column);
      this.onNote(
        `table ${this.stage.table}: ${where} has no column '${column}' any more, it is NULL from here on`,
      );
      return;
    }
    throw refused(
      this.stage.table,
      `${where} has no column '${column}' any more, which is not to be NULL`,
      `Its columns: ${columns.join(', ')}. Change the declaration, and run the job from its beginning.`,
    );
  }

  /** Gives the rows of a change; none where it is of another table. */
  change(message: RowMessage, micros: bigint, take: TakeChange): void {
    const places = this.#relations.get(message.relation);
    if (places === undefined) return;
    if (message.kind === 'insert') {
      take(this.#row(this.#texts(message.row, places, null), INSERT, micros));
      return;
    }
    const { before } = message;
    if (message.kind === 'delete') {
      if (message.isKeyOnly && !this.table.isUpsert) throw this.#noRowBefore();
      take(this.#row(this.#texts(message.before, places, null), DELETE, micros));
      return;
    }
    const old = message.isKeyOnly ? null : before;
    const after = this.#texts(message.row, places, old);
    if (!this.table.isUpsert) {
      if (old === null) throw this.#noRowBefore();
      take(this.#row(this.#texts(old, places, null), UPDATE_BEFORE, micros));
    } else if (before !== null && this.#keyOf(this.#texts(before, places, null)) !== this.#keyOf(after)) {
      take(this.#row(this.#texts(before, places, null), DELETE, micros));
    }
    take(this.#row(after, UPDATE_AFTER, micros));
  }

  #keyOf(texts: ServerRow): string {
    return JSON.stringify(this.#keys.map((place) => texts[place]));
  }

  #texts(
    row: readonly SentField[],
    places: readonly number[],
    before: readonly SentField[] | null,
  ): ServerRow {
    return places.map((place) => {
      const field = row[place] ?? null;
      if (field !== UNCHANGED) return field;
      // A long value that has not changed is not sent again.
      const old = before?.[place] ?? UNCHANGED;
      if (old !== UNCHANGED) return old;
      throw this.#noRowBefore();
    });
  }

  #row(texts: ServerRow, change: Change, micros: bigint): SqlValue[] {
    const values = this.#read(texts);
    return this.#places.map((place) => {
      if (place === 'change') return change;
      return typeof place === 'number' ? values[place]! : this.#metadata(place.key, place.type, micros);
    });
  }

  #metadata(key: string, type: DataType, micros: bigint): SqlValue {
    const { schema, name, address } = this.table;
    if (key === 'table_name') return name;
    if (key === 'schema_name') return schema;
    if (key === 'database_name') return address.database;
    return ltzOfMillis(micros / 1_000n, type);
  }

  #noRowBefore(): Error {
    const { schema, name } = this.table;
    return refused(
      this.stage.table,
      `the server sent a change of ${schema}.${name} without all of the row before it`,
      `Run ALTER TABLE "${schema}"."${name}" REPLICA IDENTITY FULL.`,
    );
  }
}
