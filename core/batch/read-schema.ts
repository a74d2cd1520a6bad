/** Schema message → layouts (Arrow format/Schema.fbs). Refuses what protocol 1 does not carry. */
import {
  type ArrowType,
  type ArrowUnit,
  BUFFER_COUNTS,
  type FieldLayout,
  type Layout,
  type SchemaLayout,
} from './field-layout.js';
import type { FlatTable } from './flat-table.js';
import { openIpcMessage } from './ipc-message.js';
import { malformedBatch } from './malformed.js';

/** Deepest nesting of lists, maps and structs; Arrow's readers have the same limit. */
export const MAX_NESTING = 64;

/**
 * Reads and checks an encapsulated schema message.
 * @throws {InternalError} BATCH_MALFORMED
 */
export function readSchemaLayout(message: Uint8Array): SchemaLayout {
  try {
    const { header } = openIpcMessage(message, 'schema');
    if (header.int16(0, 0) !== 0) throw malformedBatch('the schema is big-endian');
    checkCustomMetadata(header, 2);
    // A field takes at least 8 bytes: more of them than fit means that tables point at each other.
    const reader = { fieldsLeft: Math.floor(message.byteLength / 8), nodes: 0, buffers: 0 };
    const fields = readFields(header, 1, 0, reader);
    return { fields, nodes: reader.nodes, buffers: reader.buffers };
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) throw malformedBatch(error.message, error);
    throw error;
  }
}

interface Reader {
  fieldsLeft: number;
  nodes: number;
  buffers: number;
}

function readFields(parent: FlatTable, slot: number, depth: number, reader: Reader): FieldLayout[] {
  const vector = parent.vector(slot, 4);
  if (vector.length > 0 && depth >= MAX_NESTING)
    throw malformedBatch(`columns nest deeper than ${MAX_NESTING}`);
  const fields: FieldLayout[] = [];
  for (let i = 0; i < vector.length; i++) fields.push(readField(parent.tableOf(vector, i), depth, reader));
  return fields;
}

function readField(field: FlatTable, depth: number, reader: Reader): FieldLayout {
  if (--reader.fieldsLeft < 0) throw malformedBatch('its schema repeats fields');
  const name = field.string(0) ?? '';
  if (field.has(4)) throw malformedBatch(`column "${name}" is dictionary-encoded; cast it before sending`);
  checkCustomMetadata(field, 6);
  const physical = readType(field.uint8(2, 0), field.table(3), name);
  reader.nodes += 1;
  reader.buffers += BUFFER_COUNTS[physical.layout];
  const children = readFields(field, 5, depth + 1, reader);
  checkChildren(physical, children, name);
  return { name, nullable: field.uint8(1, 0) !== 0, ...physical, children };
}

interface Physical {
  readonly type: ArrowType;
  readonly layout: Layout;
  readonly width: number;
}

/** `id` counts the members of the union `Type` in Schema.fbs. */
function readType(id: number, table: FlatTable | null, column: string): Physical {
  if (table === null) throw malformedBatch(`column "${column}" has no type`);
  switch (id) {
    case 1:
      return { type: { name: 'null' }, layout: 'null', width: 0 };
    case 2:
      return readInt(table, column);
    case 3:
      return fixed({ name: 'float', bits: oneOf(FLOAT_BITS, table.int16(0, 0), column) });
    case 4:
      return { type: { name: 'binary' }, layout: 'bytes', width: 4 };
    case 5:
      return { type: { name: 'utf8' }, layout: 'bytes', width: 4 };
    case 6:
      return { type: { name: 'bool' }, layout: 'bits', width: 0 };
    case 7:
      return readDecimal(table, column);
    case 8:
      return table.int16(0, 1) === 0
        ? fixed({ name: 'date', unit: 'day' }, 4)
        : fixed({ name: 'date', unit: 'ms' }, 8);
    case 9:
      return readTime(table, column);
    case 10:
      return fixed(
        { name: 'timestamp', unit: oneOf(TIME_UNITS, table.int16(0, 0), column), timeZone: table.string(1) },
        8,
      );
    case 11:
      return oneOf(INTERVALS, table.int16(0, 0), column);
    case 12:
      return { type: { name: 'list' }, layout: 'list', width: 4 };
    case 13:
      return { type: { name: 'struct' }, layout: 'struct', width: 0 };
    case 15:
      return fixed({ name: 'fixed_binary' }, positive(table.int32(0, 0), column));
    case 16:
      return {
        type: { name: 'fixed_list' },
        layout: 'fixed_list',
        width: positive(table.int32(0, 0), column),
      };
    case 17:
      return { type: { name: 'map' }, layout: 'list', width: 4 };
    case 18:
      return fixed({ name: 'duration', unit: oneOf(TIME_UNITS, table.int16(0, 1), column) }, 8);
    case 19:
      return { type: { name: 'binary' }, layout: 'bytes', width: 8 };
    case 20:
      return { type: { name: 'utf8' }, layout: 'bytes', width: 8 };
    case 21:
      return { type: { name: 'list' }, layout: 'list', width: 8 };
    default:
      throw malformedBatch(
        `column "${column}" has Arrow type ${id}, which protocol 1 does not carry; cast it before sending`,
      );
  }
}

function readInt(table: FlatTable, column: string): Physical {
  const bits = table.int32(0, 0);
  if (bits !== 8 && bits !== 16 && bits !== 32 && bits !== 64) {
    throw malformedBatch(`column "${column}" has an integer of ${bits} bits`);
  }
  return fixed({ name: 'int', bits, signed: table.uint8(1, 0) !== 0 });
}

function readDecimal(table: FlatTable, column: string): Physical {
  const [precision, scale, bits] = [table.int32(0, 0), table.int32(1, 0), table.int32(2, 128)];
  if (bits !== 32 && bits !== 64 && bits !== 128 && bits !== 256) {
    throw malformedBatch(`column "${column}" has a decimal of ${bits} bits`);
  }
  if (precision < 1 || precision > DECIMAL_DIGITS[bits]) {
    throw malformedBatch(`column "${column}" has a ${bits}-bit decimal of ${precision} digits`);
  }
  return fixed({ name: 'decimal', bits, precision, scale });
}

function readTime(table: FlatTable, column: string): Physical {
  const unit = oneOf(TIME_UNITS, table.int16(0, 1), column);
  const bits = table.int32(1, 32);
  const expected = unit === 's' || unit === 'ms' ? 32 : 64;
  if (bits !== expected) throw malformedBatch(`column "${column}" has a time of ${bits} bits in ${unit}`);
  return fixed({ name: 'time', unit }, bits / 8);
}

function fixed(type: ArrowType, width = 'bits' in type ? type.bits / 8 : 0): Physical {
  return { type, layout: 'fixed', width };
}

const DECIMAL_DIGITS = { 32: 9, 64: 18, 128: 38, 256: 76 } as const;
const FLOAT_BITS = [16, 32, 64] as const;
const TIME_UNITS: readonly ArrowUnit[] = ['s', 'ms', 'us', 'ns'];
const INTERVALS: readonly Physical[] = [
  fixed({ name: 'interval_months' }, 4),
  fixed({ name: 'interval_day_time' }, 8),
  fixed({ name: 'interval_month_day_nano' }, 16),
];

function oneOf<T>(values: readonly T[], index: number, column: string): T {
  const value = values[index];
  if (value === undefined)
    throw malformedBatch(`column "${column}" has an unknown unit or precision ${index}`);
  return value;
}

function positive(value: number, column: string): number {
  if (value < 1) throw malformedBatch(`column "${column}" has a fixed size of ${value}`);
  return value;
}

function checkChildren(physical: Physical, children: readonly FieldLayout[], column: string): void {
  const { layout, type } = physical;
  if (layout === 'struct') return;
  const expected = layout === 'list' || layout === 'fixed_list' ? 1 : 0;
  if (children.length !== expected) {
    throw malformedBatch(`column "${column}" has ${children.length} children instead of ${expected}`);
  }
  if (type.name === 'map' && (children[0]?.layout !== 'struct' || children[0].children.length !== 2)) {
    throw malformedBatch(`map column "${column}" has entries that are not key and value`);
  }
}

/** Read for its bounds only: apache-arrow decodes it unchecked when it is asked for the schema. */
function checkCustomMetadata(table: FlatTable, slot: number): void {
  const pairs = table.vector(slot, 4);
  for (let i = 0; i < pairs.length; i++) {
    const pair = table.tableOf(pairs, i);
    pair.string(0);
    pair.string(1);
  }
}
