/** Data types as text, in the words of Flink's DESCRIBE. The reader is `parse-type-text.ts`. */
import { backticked } from '../text/backticked.js';
import type { DataType } from './data-type.js';

export { parseTypeText } from './parse-type-text.js';

/**
 * The text of a type: `INT NOT NULL`, ``ROW<`x` INT, `y` ARRAY<STRING>>``, `DECIMAL(10, 2)`, `TIMESTAMP_LTZ(3)`.
 * `parseTypeText` reads every result back to an equal type.
 */
export function typeToText(type: DataType): string {
  return type.nullable ? bare(type) : `${bare(type)} NOT NULL`;
}

function bare(type: DataType): string {
  switch (type.kind) {
    case 'CHAR':
    case 'VARCHAR':
    case 'BINARY':
    case 'VARBINARY':
      return `${type.kind}(${type.length})`;
    case 'DECIMAL':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'TIME':
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return `${type.kind}(${type.precision})`;
    case 'ARRAY':
    case 'MULTISET':
      return `${type.kind}<${typeToText(type.element)}>`;
    case 'MAP':
      return `MAP<${typeToText(type.key)}, ${typeToText(type.value)}>`;
    case 'ROW':
      return `ROW<${type.fields.map((f) => `${backticked(f.name)} ${typeToText(f.type)}`).join(', ')}>`;
    case 'INTERVAL_YEAR_MONTH':
      return 'INTERVAL YEAR TO MONTH';
    case 'INTERVAL_DAY_TIME':
      return 'INTERVAL DAY TO SECOND(3)';
    default:
      return type.kind;
  }
}
