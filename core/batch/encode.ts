/** Columns of values → Arrow messages: what sources and literal tables of the core produce. */
import { type Schema, Table, tableToIPC } from 'apache-arrow';
import { SourceError } from '../errors.js';
import { toArrowSchema } from '../types/arrow-type.js';
import type { Column } from '../types/data-type.js';
import { typeToText } from '../types/type-text.js';
import type { ArrayData } from './array-data.js';
import type { Batch } from './batch.js';
import { buildArray, ValueMismatch } from './build-array.js';
import type { FieldLayout } from './field-layout.js';
import { openIpcMessage } from './ipc-message.js';
import { type BatchRow, rowGroup } from './row-group.js';
import type { SchemaRegistry } from './schema-registry.js';
import type { SqlValue } from './value.js';
import { writeRecordBatch } from './write-message.js';

/**
 * The values of one column: a list of `SqlValue`; or, without nulls, a typed array of the wire type's width (taken
 * as it lies in memory), or strings and bytes as one buffer with their `length + 1` offsets.
 */
export type ColumnValues =
  | readonly SqlValue[]
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array
  | { readonly offsets: Int32Array; readonly bytes: Uint8Array };

/** Encodes batches of one schema. */
export class BatchEncoder {
  /** Id of the schema in the registry. */
  readonly schema: number;
  private readonly layouts: readonly FieldLayout[];

  constructor(
    private readonly columns: readonly Column[],
    schemas: SchemaRegistry,
  ) {
    this.schema = schemas.register(writeSchema(toArrowSchema(columns)));
    this.layouts = schemas.layout(this.schema).fields;
  }

  /**
   * A batch of one group with these columns, each of `rows` values, in the order of the schema.
   * @throws {SourceError} VALUE_TYPE when a value does not fit its type exactly, with column, row and value
   */
  encode(rows: number, values: readonly ColumnValues[]): Batch {
    const arrays = this.columns.map((column, i) =>
      this.column(column, this.layouts[i]!, values[i] ?? [], rows),
    );
    const message = writeRecordBatch(rows, arrays);
    return {
      kind: 'batch',
      rows,
      groups: [{ schema: this.schema, message, shared: null, messageRows: rows, selection: null }],
      continued: false,
    };
  }

  /** As `encode`, from rows. */
  encodeRows(rows: readonly BatchRow[]): Batch {
    return this.encode(
      rows.length,
      this.columns.map((_, i) => rows.map((row) => row[i] ?? null)),
    );
  }

  /** As `encodeRows`, when somebody asks for the message: readers in the core take the rows, which are not to be changed. */
  rows(rows: readonly BatchRow[]): Batch {
    const group = rowGroup(this.schema, rows, () => this.encodeRows(rows).groups[0]!.message);
    return { kind: 'batch', rows: rows.length, groups: [group], continued: false };
  }

  private column(column: Column, layout: FieldLayout, values: ColumnValues, rows: number): ArrayData {
    const array = Array.isArray(values)
      ? this.fromValues(column, layout, values)
      : fromBuffers(layout, values as Exclude<ColumnValues, readonly SqlValue[]>);
    if (array === null || array.length !== rows) {
      throw new SourceError(
        'VALUE_TYPE',
        `Column "${column.name}" (${typeToText(column.type)}) was given ${array === null ? 'buffers of another type' : `${array.length} values for ${rows} rows`}.`,
      );
    }
    return array;
  }

  private fromValues(column: Column, layout: FieldLayout, values: readonly SqlValue[]): ArrayData {
    try {
      return buildArray(column.type, layout, values);
    } catch (error) {
      if (!(error instanceof ValueMismatch)) throw error;
      throw new SourceError(
        'VALUE_TYPE',
        `Row ${error.index}: ${shown(error.value)} does not fit column "${column.name}" of type ${typeToText(column.type)}.`,
        {
          details: { row: error.index },
          hint: 'Give a value of that type, or declare the column otherwise.',
        },
      );
    }
  }
}

/** The encapsulated schema message of a schema. */
export function writeSchema(schema: Schema): Uint8Array {
  const stream = tableToIPC(new Table(schema), 'stream');
  const metadataBytes = new DataView(stream.buffer, stream.byteOffset).getInt32(4, true);
  const message = stream.slice(0, 8 + metadataBytes);
  openIpcMessage(message, 'schema');
  return message;
}

function fromBuffers(
  layout: FieldLayout,
  values: Exclude<ColumnValues, readonly SqlValue[]>,
): ArrayData | null {
  const shared = { layout, nulls: 0, validity: null, children: [] };
  if ('offsets' in values) {
    if (layout.layout !== 'bytes' || layout.width !== 4) return null;
    return { ...shared, length: values.offsets.length - 1, offsets: values.offsets, values: values.bytes };
  }
  if (layout.layout !== 'fixed' || layout.width !== values.BYTES_PER_ELEMENT) return null;
  const isFloat = values instanceof Float32Array || values instanceof Float64Array;
  if (isFloat !== (layout.type.name === 'float')) return null;
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { ...shared, length: values.length, offsets: null, values: bytes };
}

function shown(value: SqlValue | undefined): string {
  const text = typeof value === 'bigint' ? `${value}n` : JSON.stringify(value, bigintsAsText);
  return text === undefined ? 'a missing value' : text.slice(0, 100);
}

function bigintsAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
