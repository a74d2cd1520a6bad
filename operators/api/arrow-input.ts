/** Record batches of a program → batches of the wire: same buffers where the types agree, converted ones where not. */
import * as arrow from 'apache-arrow';
import {
  type Column,
  type ColumnGroup,
  PlanError,
  type SchemaRegistry,
  toArrowType,
} from '../../core/index.js';
import { columnsOfArrow, isDateInMilliseconds, unitFactor } from './arrow-type.js';

/** What `fromArrow` takes one of. */
export type ArrowInput = arrow.RecordBatch | arrow.Table;

/** The record batches of an input; a table may have several. */
export function recordBatchesOf(input: ArrowInput): readonly arrow.RecordBatch[] {
  return input instanceof arrow.Table ? input.batches : [input];
}

/**
 * The columns named, in their order, as a column group of the wire.
 * @throws {PlanError} ARROW_SCHEMA where the batch has other columns than the first one had
 */
export function arrowGroup(
  batch: arrow.RecordBatch,
  columns: readonly Column[],
  schemas: SchemaRegistry,
): ColumnGroup {
  const actual = columnsOfArrow(batch.schema);
  const fields = columns.map(({ name, type }) => new arrow.Field(name, toArrowType(type), true));
  const children = columns.map(({ name, type }, i) => {
    const position = actual.findIndex((column) => column.name === name);
    if (position < 0 || actual[position]!.type.kind !== type.kind) {
      throw new PlanError(
        'ARROW_SCHEMA',
        `A record batch has no column '${name}' of the first batch's type.`,
        {
          hint: 'All batches of one table have the same schema.',
        },
      );
    }
    return onWire(batch.data.children[position]!, fields[i]!.type);
  });
  const schema = new arrow.Schema(fields);
  const struct = new arrow.Struct(fields);
  const data = arrow.makeData({ type: struct, length: batch.numRows, nullCount: 0, children });
  const stream = arrow.RecordBatchStreamWriter.writeAll([new arrow.RecordBatch(schema, data)]).toUint8Array(
    true,
  );
  const at = messageBytes(stream, 0);
  return {
    schema: schemas.register(stream.subarray(0, at)),
    message: stream.slice(at, at + messageBytes(stream, at)),
    shared: null,
    messageRows: batch.numRows,
    selection: null,
  };
}

/** The array as the wire type of the same SQL type. */
function onWire(data: arrow.Data, wire: arrow.DataType): arrow.Data {
  const { type } = data;
  if (arrow.DataType.isDictionary(type)) return rebuilt(data, wire);
  if (type.typeId === arrow.Type.LargeUtf8 || isDateInMilliseconds(type)) return rebuilt(data, wire);
  const factor = unitFactor(type, wire);
  if (factor !== null) return scaled(data, wire, factor);
  const children = data.children.map((child, i) => onWire(child, wire.children[i]!.type));
  return data.clone(wire, data.offset, data.length, data.nullCount, undefined, children);
}

/** Value by value, for layouts that differ. */
function rebuilt(data: arrow.Data, wire: arrow.DataType): arrow.Data {
  const values = [...new arrow.Vector([data])];
  return values.length === 0 ? arrow.makeData({ type: wire }) : arrow.vectorFromArray(values, wire).data[0]!;
}

function scaled(data: arrow.Data, wire: arrow.DataType, factor: bigint): arrow.Data {
  const values = BigInt64Array.from(
    data.values as Int32Array | BigInt64Array as Iterable<number | bigint>,
    (value) => {
      return BigInt(value) * factor;
    },
  );
  const { length, offset, nullCount } = data;
  return new arrow.Data(
    wire,
    offset,
    length,
    nullCount,
    { ...data.buffers, [arrow.BufferType.DATA]: values },
    [],
  );
}

/** Bytes of the encapsulated message at `at`: prefix, metadata, body (Arrow columnar format, "Encapsulated message format"). */
function messageBytes(stream: Uint8Array, at: number): number {
  const view = new DataView(stream.buffer, stream.byteOffset + at);
  const metadataBytes = view.getInt32(4, true);
  const message = arrow.Message.decode(stream.subarray(at + 8, at + 8 + metadataBytes));
  return 8 + metadataBytes + Number(message.bodyLength);
}
