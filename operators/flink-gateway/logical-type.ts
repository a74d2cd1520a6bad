/** Flink's logical types as its gateway writes them. */
import { type DataType, InternalError } from '../../core/index.js';

/** A type in the JSON of a result's columns. */
export interface WireType {
  readonly type: string;
  readonly nullable: boolean;
  readonly length?: number;
  readonly precision?: number;
  readonly scale?: number;
  readonly elementType?: WireType;
  readonly keyType?: WireType;
  readonly valueType?: WireType;
  readonly fields?: readonly { readonly name: string; readonly fieldType: WireType }[];
}

/** Of the longest VARCHAR and VARBINARY, which are STRING and BYTES. */
const LONGEST = 2_147_483_647;

/** @throws {InternalError} for types that SQL here does not have */
export function logicalType(wire: WireType): DataType {
  const { type, nullable, precision = 6 } = wire;
  switch (type) {
    case 'BOOLEAN':
    case 'TINYINT':
    case 'SMALLINT':
    case 'BIGINT':
    case 'FLOAT':
    case 'DOUBLE':
    case 'DATE':
      return { kind: type, nullable };
    case 'INTEGER':
      return { kind: 'INT', nullable };
    case 'VARCHAR':
      return wire.length === LONGEST
        ? { kind: 'STRING', nullable }
        : { kind: type, nullable, length: wire.length! };
    case 'VARBINARY':
      return wire.length === LONGEST
        ? { kind: 'BYTES', nullable }
        : { kind: type, nullable, length: wire.length! };
    case 'CHAR':
    case 'BINARY':
      return { kind: type, nullable, length: wire.length! };
    case 'DECIMAL':
      return { kind: type, nullable, precision, scale: wire.scale ?? 0 };
    case 'TIME_WITHOUT_TIME_ZONE':
      return { kind: 'TIME', nullable, precision: wire.precision ?? 0 };
    case 'TIMESTAMP_WITHOUT_TIME_ZONE':
      return { kind: 'TIMESTAMP', nullable, precision };
    case 'TIMESTAMP_WITH_LOCAL_TIME_ZONE':
      return { kind: 'TIMESTAMP_LTZ', nullable, precision };
    case 'ARRAY':
    case 'MULTISET':
      return { kind: type, nullable, element: logicalType(wire.elementType!) };
    case 'MAP':
      return { kind: type, nullable, key: logicalType(wire.keyType!), value: logicalType(wire.valueType!) };
    case 'ROW':
      return {
        kind: type,
        nullable,
        fields: wire.fields!.map(({ name, fieldType }) => ({ name, type: logicalType(fieldType) })),
      };
    default:
      throw new InternalError(
        'FLINK_RESULT',
        `A result of Flink has a column of ${type}, which is not known here.`,
      );
  }
}
