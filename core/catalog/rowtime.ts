/** Which columns may carry event time. */
import { nearNames } from '../text/near-names.js';
import type { DataType } from '../types/data-type.js';
import { typeToText } from '../types/type-text.js';
import type { TableColumn } from './catalog.js';

/**
 * What speaks against `WATERMARK FOR column` over these columns, or null. The type of a computed column is known only
 * when its expression is bound: {@link rowtimeTypeProblem} then answers for it.
 */
export function rowtimeProblem(column: string, columns: readonly TableColumn[]): string | null {
  const found = columns.find((candidate) => candidate.name === column.split('.', 1)[0]);
  if (found === undefined) {
    const near = nearNames(
      column,
      columns.map((candidate) => candidate.name),
    );
    return `WATERMARK names column '${column}', which the table does not have${
      near.length === 0 ? '' : ` (near: ${near.join(', ')})`
    }.`;
  }
  return found.kind === 'computed' || column !== found.name ? null : rowtimeTypeProblem(column, found.type);
}

/** Event time is TIMESTAMP or TIMESTAMP_LTZ of at most milliseconds, as in Flink. */
export function rowtimeTypeProblem(column: string, type: DataType): string | null {
  const fits = (type.kind === 'TIMESTAMP' || type.kind === 'TIMESTAMP_LTZ') && type.precision <= 3;
  if (fits) return null;
  return `The time attribute '${column}' of WATERMARK must be TIMESTAMP(p) or TIMESTAMP_LTZ(p) with p from 0 to 3, not ${typeToText(type)}.`;
}
