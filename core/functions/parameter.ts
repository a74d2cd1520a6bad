/** The parameters signatures are made of: which argument types each accepts and what it converts them to. */
import type { DataType } from '../types/data-type.js';
import type { TypeFamily } from '../types/type-family.js';
import { isInteger, typeFamily } from '../types/type-family.js';
import { types } from '../types/types.js';
import type { FunctionArgument } from './scalar-function.js';

/** One parameter of a signature. */
export interface Parameter {
  /** Its word in messages. */
  readonly label: string;
  /** Null: does not fit. `same`: taken as it is. A type: cast to it first. */
  readonly accept: (argument: FunctionArgument) => DataType | 'same' | null;
  readonly optional: boolean;
  /** May come more than once; the last of its signature only. */
  readonly repeated: boolean;
}

/** Any type; an untyped NULL too. */
export const any = parameter('ANY', () => 'same');
export const text = parameter('STRING', (a) => whenFamily(a, ['string'], types.string()));
export const bytes = parameter('BYTES', (a) => whenFamily(a, ['binary'], types.bytes()));
export const boolean = parameter('BOOLEAN', (a) => whenFamily(a, ['boolean'], types.boolean()));
export const numeric = parameter('NUMERIC', (a) => whenFamily(a, ['numeric'], types.int()));
export const timestamp = parameter('TIMESTAMP', (a) => inMicros(a, ['timestamp']));
export const datetime = parameter('DATE | TIMESTAMP', (a) => inMicros(a, ['date', 'timestamp']));
export const time = parameter('TIME', (a) => (a.type.kind === 'NULL' ? null : inMicros(a, ['time'])));
export const timeOrDatetime = parameter('DATE | TIME | TIMESTAMP', (a) =>
  inMicros(a, ['date', 'time', 'timestamp']),
);
export const interval = parameter('INTERVAL', (a) => whenFamily(a, ['year-month', 'day-time'], null));
export const array = parameter('ARRAY', (a) => whenFamily(a, ['array'], null));
export const map = parameter('MAP', (a) => whenFamily(a, ['map'], null));

/** A text, or a character as its number. */
export const textOrCharacter = parameter(
  'STRING | INT',
  (a) => whenFamily(a, ['string'], types.string()) ?? (isInteger(a.type) ? 'same' : null),
);

/** TRUE or FALSE as a constant. */
export const constantBoolean = parameter('BOOLEAN literal', (a) =>
  a.type.kind === 'BOOLEAN' && typeof a.literal === 'boolean' ? 'same' : null,
);

/** TINYINT, SMALLINT, INT or BIGINT. */
export const integer = parameter('INT', (a) =>
  a.type.kind === 'NULL' ? types.int() : isInteger(a.type) ? 'same' : null,
);

/** TINYINT, SMALLINT or INT, taken as INT. */
export const int = parameter('INT', (a) =>
  a.type.kind === 'INT' ? 'same' : ['NULL', 'TINYINT', 'SMALLINT'].includes(a.type.kind) ? types.int() : null,
);

/** An INT that must be a constant. */
export const constantInt = parameter('INT literal', (a) =>
  a.type.kind === 'INT' && typeof a.literal === 'number' ? 'same' : null,
);

/** Exact numbers: integers and DECIMAL. */
export const exact = parameter('EXACT NUMERIC', (a) =>
  a.type.kind === 'NULL' ? types.int() : isInteger(a.type) || a.type.kind === 'DECIMAL' ? 'same' : null,
);

/** Any number, taken as DOUBLE. */
export const double = parameter('DOUBLE', (a) =>
  a.type.kind === 'DOUBLE'
    ? 'same'
    : typeFamily(a.type) === 'numeric' || a.type.kind === 'NULL'
      ? types.double()
      : null,
);

/** Types with an order. */
export const comparable = parameter('COMPARABLE', (a) =>
  ['array', 'multiset', 'map', 'row'].includes(typeFamily(a.type)) ? null : 'same',
);

/** A word of the syntax, handed over as a constant: the unit of EXTRACT, the side of TRIM. */
export function keyword(label: string, words: readonly string[]): Parameter {
  return parameter(label, (a) =>
    typeof a.literal === 'string' && words.includes(a.literal) ? 'same' : null,
  );
}

/** A text that must be a constant. */
export const constantText = parameter('STRING literal', (a) =>
  typeof a.literal === 'string' && typeFamily(a.type) === 'string' ? 'same' : null,
);

/** The parameter may be left out. */
export function optional(inner: Parameter): Parameter {
  return { ...inner, optional: true };
}

/** The parameter may come any number of times, but at least once unless it is optional. */
export function repeated(inner: Parameter): Parameter {
  return { ...inner, repeated: true };
}

function parameter(label: string, accept: Parameter['accept']): Parameter {
  return { label, accept, optional: false, repeated: false };
}

function whenFamily(
  argument: FunctionArgument,
  families: readonly TypeFamily[],
  forNull: DataType | null,
): DataType | 'same' | null {
  if (argument.type.kind === 'NULL') return forNull;
  return families.includes(typeFamily(argument.type)) ? 'same' : null;
}

/** Functions compute in microseconds, so nanoseconds are not accepted. */
function inMicros(argument: FunctionArgument, families: readonly TypeFamily[]): DataType | 'same' | null {
  const { type } = argument;
  if (type.kind !== 'DATE' && 'precision' in type && type.precision > 6) return null;
  return whenFamily(argument, families, types.timestamp());
}
