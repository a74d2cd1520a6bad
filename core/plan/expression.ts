/** Bound scalar expressions: typed, plain JSON-able data. Made by the binder, read by rules, renderer and planner. */
import type { Span } from '../sql/span.js';
import type { DataType, RowField } from '../types/data-type.js';
import type { LogicalPlan, SortKey } from './logical-plan.js';

/**
 * A constant. Numbers beyond 2^53, DECIMAL, DATE, TIME, TIMESTAMP are text; BYTES is hexadecimal text; an interval
 * is its months (YEAR TO MONTH) or milliseconds (DAY TO SECOND) as text.
 */
export type LiteralValue = null | boolean | number | string;

export interface PythonCall {
  readonly kind: 'python_call';
  readonly function: string;
  readonly arguments: readonly Expression[];
  /** Names of arguments passed by name, null for positional ones. */
  readonly argumentNames: readonly (string | null)[];
  readonly deterministic: boolean;
}

export interface AggregateCall {
  readonly kind: 'aggregate_call';
  /** A built-in's id (`SUM`) or the name of a user-defined aggregate. */
  readonly function: string;
  readonly python: boolean;
  readonly arguments: readonly Expression[];
  readonly argumentNames: readonly (string | null)[];
  readonly distinct: boolean;
  readonly filter: Expression | null;
  readonly withinGroup: readonly SortKey[];
  readonly type: DataType;
  readonly span: Span | null;
}

/** A call that is given tables, each as columns of one input. */
export interface MapCall {
  readonly function: string;
  readonly arguments: readonly (Expression | TablePlace)[];
  readonly argumentNames: readonly (string | null)[];
  readonly tables: readonly MapTable[];
  readonly type: DataType;
  /** Of a function with side outputs: the tag of a row (NULL: it is of `type`), then the fields of each side output. */
  readonly sideFields: readonly RowField[];
  /** Calls with the same one are one call; null: it is one of its own. */
  readonly sharing: string | null;
  readonly span: Span | null;
}

/** Stands for a table among the arguments of a call. */
export interface TablePlace {
  readonly kind: 'table';
  readonly member: number;
}

/** A table of a call: the columns of the input that are its own, and their names in it. */
export interface MapTable {
  readonly columns: readonly Expression[];
  readonly names: readonly string[];
  /** All partitions see its rows, whose key columns are NULL. */
  readonly isBroadcast: boolean;
}

export interface WindowFrame {
  readonly unit: 'ROWS' | 'RANGE';
  readonly start: FrameBound;
  readonly end: FrameBound;
}

export type FrameBound =
  | { readonly kind: 'unbounded_preceding' | 'unbounded_following' | 'current_row' }
  | { readonly kind: 'preceding' | 'following'; readonly offset: Expression };

/** What a Python aggregate with OVER has besides its arguments. */
export interface PythonWindow {
  /** Names of arguments passed by name, null for positional ones. */
  readonly argumentNames: readonly (string | null)[];
}

export type Expression = { readonly type: DataType; readonly span: Span | null } & (
  | { readonly kind: 'column'; readonly id: string }
  | { readonly kind: 'literal'; readonly value: LiteralValue }
  /** A built-in by its id in the function table (operators included: `=`, `+`, `AND`, `IS NULL`, `LIKE`, …). */
  | { readonly kind: 'call'; readonly function: string; readonly arguments: readonly Expression[] }
  | { readonly kind: 'cast'; readonly argument: Expression; readonly safe: boolean }
  | {
      readonly kind: 'case';
      readonly branches: readonly { readonly when: Expression; readonly then: Expression }[];
      readonly otherwise: Expression | null;
    }
  | { readonly kind: 'field'; readonly base: Expression; readonly name: string }
  | PythonCall
  /** Column ids that `plan` does not produce are correlated: columns of the enclosing query. */
  | {
      readonly kind: 'subquery';
      readonly form: 'scalar' | 'exists' | 'in';
      readonly plan: LogicalPlan;
      /** Left side of IN; empty otherwise. */
      readonly operands: readonly Expression[];
      readonly negated: boolean;
    }
  | {
      readonly kind: 'window_call';
      readonly function: string;
      readonly arguments: readonly Expression[];
      readonly partitionBy: readonly Expression[];
      readonly orderBy: readonly SortKey[];
      readonly frame: WindowFrame | null;
      /** Of an aggregate: equal arguments within a frame count once. */
      readonly distinct: boolean;
      /** An aggregate written in Python, with the names of its arguments; null for built-ins. */
      readonly python: PythonWindow | null;
    }
);
