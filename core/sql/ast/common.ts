/** The small nodes that all parts of the syntax tree share: names, options, hints. */
import type { Span } from '../span.js';

/** One part of a name, unquoted and unescaped, in the case it was written in (names are case-sensitive). */
export interface Identifier {
  readonly span: Span;
  readonly name: string;
}

/** A dotted name, outermost part first: `catalog.database.table`. At least one part. */
export interface ObjectName {
  readonly span: Span;
  readonly parts: readonly Identifier[];
}

/** A string literal where the grammar takes nothing else (comments, keys, paths), unescaped. */
export interface StringNode {
  readonly span: Span;
  readonly value: string;
}

/** `'key' = 'value'` in WITH, SET and OPTIONS lists; both sides unescaped. */
export interface OptionNode {
  readonly span: Span;
  readonly key: StringNode;
  readonly value: StringNode;
}

/** One hint of a hint block: `OPTIONS('k'='v')`, `BROADCAST(t1, t2)`, `STATE_TTL('a' = '1d')`. */
export interface HintNode {
  readonly span: Span;
  readonly name: Identifier;
  /** Bare arguments as text (names, numbers, strings unescaped); empty if the hint has options. */
  readonly arguments: readonly StringNode[];
  readonly options: readonly OptionNode[];
}

/** `AS t (a, b)`: `columns` is empty where no list is written. */
export interface TableAlias {
  readonly span: Span;
  readonly name: Identifier;
  readonly columns: readonly Identifier[];
}

/** Units of time of EXTRACT, CEIL/FLOOR, TIMESTAMPADD, TIMESTAMPDIFF. */
export type TimeUnit =
  | IntervalUnit
  | 'MILLENNIUM'
  | 'CENTURY'
  | 'DECADE'
  | 'ISOYEAR'
  | 'DOW'
  | 'ISODOW'
  | 'DOY'
  | 'EPOCH'
  | 'MILLISECOND'
  | 'MICROSECOND'
  | 'NANOSECOND';

/** Units of interval literals and interval types. */
export type IntervalUnit = 'YEAR' | 'QUARTER' | 'MONTH' | 'WEEK' | 'DAY' | 'HOUR' | 'MINUTE' | 'SECOND';

/** `DAY(3) TO SECOND(6)`; `end` is null for a single unit; precisions are null where not written. */
export interface IntervalQualifier {
  readonly span: Span;
  readonly start: IntervalUnit;
  /** Digits of the leading unit. */
  readonly precision: number | null;
  readonly end: IntervalUnit | null;
  /** Digits of fractions of seconds. */
  readonly fraction: number | null;
}
