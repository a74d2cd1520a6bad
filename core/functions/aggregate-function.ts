/** What an aggregate or window function of the table is. */
import type { LiteralValue } from '../plan/expression.js';
import type { DataType } from '../types/data-type.js';
import type { FunctionArgument, Inference, RenderFailure } from './scalar-function.js';

/** What rendering knows of an aggregate call besides the text of its arguments. */
export interface AggregateContext {
  readonly argumentTypes: readonly DataType[];
  readonly literals: readonly (LiteralValue | undefined)[];
  readonly resultType: DataType;
  readonly distinct: boolean;
  /** ORDER BY list of WITHIN GROUP, or null. */
  readonly orderBy: string | null;
  /** Condition of FILTER, or null. */
  readonly filter: string | null;
  /** What stands between the parentheses of OVER, or null for a plain aggregate. */
  readonly over: string | null;
  /** For groups that the call fails on: adds the place of the call. */
  readonly failure: RenderFailure;
}

/** An aggregate function; usable over a window too. */
export interface AggregateFunction {
  readonly id: string;
  readonly names: readonly string[];
  readonly signature: string;
  readonly infer: (args: readonly FunctionArgument[]) => Inference;
  readonly render: (args: readonly string[], call: AggregateContext) => string;
}

/** A function that exists only over a window; its frame never matters. */
export interface WindowFunction {
  readonly id: string;
  readonly names: readonly string[];
  readonly signature: string;
  readonly infer: (args: readonly FunctionArgument[]) => Inference;
  /** The call without its OVER clause. */
  readonly render: (args: readonly string[]) => string;
}
