/** How values of a type are written as JSON: the words that `millstream/_builtins/json_values.py` reads. */
import type { DataType } from '../../types/data-type.js';
import { isInteger, typeFamily } from '../../types/type-family.js';

/** The shape of a type; null where Flink writes no JSON of it: DATE, TIME and intervals. */
export function jsonShape(type: DataType): string | null {
  switch (type.kind) {
    case 'BOOLEAN':
    case 'DECIMAL':
      return 'plain';
    case 'FLOAT':
    case 'DOUBLE':
      return 'float';
    case 'TIMESTAMP':
      return type.precision > 6 ? null : 'time';
    case 'TIMESTAMP_LTZ':
      return type.precision > 6 ? null : 'instant';
    case 'ARRAY':
      return around('[', type.element, ']');
    case 'MAP':
      return typeFamily(type.key) === 'string' ? around('{', type.value, '}') : null;
    case 'MULTISET':
      return typeFamily(type.element) === 'string' ? '{plain}' : null;
    case 'ROW': {
      const fields = type.fields.map((field) => {
        const shape = jsonShape(field.type);
        return shape && `${encodeURIComponent(field.name)}:${shape}`;
      });
      return fields.includes(null) ? null : `(${fields.join(',')})`;
    }
    default:
      if (isInteger(type)) return 'plain';
      return typeFamily(type) === 'string' ? 'string' : typeFamily(type) === 'binary' ? 'bytes' : null;
  }
}

function around(open: string, type: DataType, close: string): string | null {
  const shape = jsonShape(type);
  return shape && `${open}${shape}${close}`;
}
