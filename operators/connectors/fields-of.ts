/** The columns of a table that its records hold. */
import { CHANGE_COLUMN, type Column, type TableField } from '../../core/index.js';

export function fieldsOf(columns: readonly TableField[]): Column[] {
  return columns
    .filter(({ name, metadata }) => metadata === undefined && name !== CHANGE_COLUMN)
    .map(({ name, type }) => ({ name, type }));
}
