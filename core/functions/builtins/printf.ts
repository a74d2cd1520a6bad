/** PRINTF: the format of Java, filled in by Python. */

import { castToText } from '../../render/cast-to-text.js';
import { castTo, quoteString } from '../../render/sql-text.js';
import type { DataType } from '../../types/data-type.js';
import { typeFamily } from '../../types/type-family.js';
import { types } from '../../types/types.js';
import { define } from '../define.js';
import { any, optional, repeated, text } from '../parameter.js';
import type { ScalarFunction } from '../scalar-function.js';
import { hostCall } from './host-call.js';

/** The letter by which `millstream/_builtins/printf.py` knows a type. */
const LETTERS: Readonly<Partial<Record<DataType['kind'], string>>> = {
  TINYINT: 'b',
  SMALLINT: 's',
  INT: 'i',
  BIGINT: 'l',
  INTERVAL_YEAR_MONTH: 'i',
  INTERVAL_DAY_TIME: 'l',
  FLOAT: 'f',
  DOUBLE: 'd',
  BOOLEAN: 't',
};

/** Types that Flink holds as something else than it shows: a DATE is a number of days to PRINTF. */
function held(sql: string, type: DataType): { readonly sql: string; readonly letter: string } {
  if (type.kind === 'DATE') return { sql: `(${sql} - DATE '1970-01-01')`, letter: 'i' };
  if (type.kind === 'TIME') return { sql: `${castTo(`epoch_ms(${sql})`, 'INTEGER')}`, letter: 'i' };
  if (type.kind === 'TIMESTAMP' || type.kind === 'TIMESTAMP_LTZ') {
    const local = type.kind === 'TIMESTAMP' ? sql : `timezone('UTC', ${sql})`;
    return {
      sql: `regexp_replace(strftime(${local}, '%Y-%m-%dT%H:%M:%S.%f'), '(:00)?\\.?0*$', '')`,
      letter: 'o',
    };
  }
  const letter = LETTERS[type.kind];
  if (letter !== undefined) return { sql, letter };
  return { sql: castToText(sql, type), letter: 'o' };
}

const isPrinted = (type: DataType): boolean =>
  !['binary', 'array', 'map', 'multiset', 'row'].includes(typeFamily(type));

/** Entries of this topic. */
export const printfFunctions: readonly ScalarFunction[] = [
  define({
    id: 'PRINTF',
    parameters: [text, optional(repeated(any))],
    result: ([, ...all]) => (all.every(isPrinted) ? types.string() : null),
    nulls: 'always',
    render: ([pattern, ...values], { argumentTypes: [, ...all] }) => {
      const parts = values.map((sql, i) => held(sql, all[i]!));
      const letters = parts.map((part) => part.letter).join('');
      return hostCall('printf', pattern!, quoteString(letters), ...parts.map((part) => part.sql));
    },
  }),
];
