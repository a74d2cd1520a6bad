/** Equality of data types. */
import type { DataType } from './data-type.js';

/** True where both are the same type; `nullability: 'ignore'` leaves it out at every depth. */
export function sameType(a: DataType, b: DataType, nullability: 'compare' | 'ignore' = 'compare'): boolean {
  if (nullability === 'compare' && a.nullable !== b.nullable) return false;
  switch (a.kind) {
    case 'CHAR':
    case 'VARCHAR':
    case 'BINARY':
    case 'VARBINARY':
      return b.kind === a.kind && a.length === b.length;
    case 'DECIMAL':
      return b.kind === a.kind && a.precision === b.precision && a.scale === b.scale;
    case 'TIME':
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return b.kind === a.kind && a.precision === b.precision;
    case 'ARRAY':
    case 'MULTISET':
      return b.kind === a.kind && sameType(a.element, b.element, nullability);
    case 'MAP':
      return (
        b.kind === a.kind && sameType(a.key, b.key, nullability) && sameType(a.value, b.value, nullability)
      );
    case 'ROW':
      return (
        b.kind === a.kind &&
        a.fields.length === b.fields.length &&
        a.fields.every((field, i) => {
          const other = b.fields[i]!;
          return field.name === other.name && sameType(field.type, other.type, nullability);
        })
      );
    default:
      return b.kind === a.kind;
  }
}
