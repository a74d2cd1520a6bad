/** Records of a source as rows of its table: fields, metadata, the kind of change. */
import { CHANGE_COLUMN, SourceError, type SqlValue, type TableField } from '../../core/index.js';
import { MalformedRecord, type RowDecoder } from '../formats/format.js';

/** What a connector knows of a record beside its bytes, by the key of METADATA. */
export type ReadMetadata<R> = (key: string, field: TableField, record: R) => SqlValue;

/** Where the fields of a table come from. */
export class RecordReader<R> {
  /** For each declared column: a place in the decoded row, a key of metadata, or the change. */
  readonly #places: readonly (number | { readonly key: string; readonly field: TableField } | 'change')[];

  /** @param names of the columns that the decoder gives, in its order */
  constructor(
    declared: readonly TableField[],
    private readonly decoder: RowDecoder,
    names: readonly string[],
    private readonly metadata: ReadMetadata<R>,
    private readonly describe: (record: R) => string,
    private readonly table: string,
    private readonly reject: ((error: MalformedRecord, record: R, bytes: Uint8Array) => void) | null,
  ) {
    this.#places = declared.map((field) => {
      if (field.name === CHANGE_COLUMN) return 'change';
      return field.metadata === undefined ? names.indexOf(field.name) : { key: field.metadata, field };
    });
  }

  /**
   * Gives the rows of a record, in the order of the declared columns.
   * @throws {SourceError} SOURCE_RECORD
   */
  read(bytes: Uint8Array, record: R, take: (row: SqlValue[]) => void): void {
    // A record whose second row cannot be read gives no first one.
    const rows: SqlValue[][] = [];
    try {
      this.decoder.decode(bytes, (row, change) => {
        rows.push(
          this.#places.map((place) => {
            if (place === 'change') return change;
            return typeof place === 'number' ? row[place]! : this.metadata(place.key, place.field, record);
          }),
        );
      });
    } catch (error) {
      if (!(error instanceof MalformedRecord)) throw error;
      if (this.reject === null) throw malformed(this.table, this.describe(record), error);
      this.reject(error, record, bytes);
      return;
    }
    for (const row of rows) take(row);
  }
}

/** The error for a record that cannot be read. */
export function malformed(table: string, record: string, error: MalformedRecord): SourceError {
  return new SourceError('SOURCE_RECORD', `Table ${table}: ${record} cannot be read: ${error.message}.`, {
    hint: "Correct the column's type or the format, or leave such records out by the format's 'ignore-parse-errors'; 'scan.on-parse-error' = 'dead_letter' writes them to a file.",
    cause: error,
  });
}
