/** SINGLE_VALUE, and the value of a subquery: groups that may have one row at a time. */
import { SqlError, type SqlValue, type StreamCall } from '../../../core/index.js';
import type { Arguments } from './accumulator.js';

type Call = Pick<StreamCall<unknown>, 'function' | 'place'>;

/** Takes the value out of a group of one. @throws {SqlError} SQL_EXECUTION for a group of more */
export function onlyValue({ function: name, place }: Call): (values: readonly Arguments[]) => SqlValue {
  return (values) => {
    if (values.length === 1) return values[0]![0]!;
    const message =
      name === 'SINGLE_VALUE'
        ? 'SINGLE_VALUE is given more than one row.'
        : 'A subquery used as a value gave more than one row.';
    const hint = 'Take one row by LIMIT 1, or by an aggregate such as MAX(…).';
    throw new SqlError('SQL_EXECUTION', message, {
      hint,
      ...(place === undefined ? {} : { details: place }),
    });
  };
}
