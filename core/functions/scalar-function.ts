/** What an entry of the function table is: names, signature, type inference and meaning in DuckDB's SQL. */
import type { LiteralValue } from '../plan/expression.js';
import type { DataType } from '../types/data-type.js';

/** An argument as type inference sees it; `literal` is absent where it is not a constant. */
export interface FunctionArgument {
  readonly type: DataType;
  readonly literal?: LiteralValue;
}

/** What a call resolves to. */
export interface ResolvedFunction {
  /** What `call.function` in a plan holds. */
  readonly id: string;
  readonly type: DataType;
  /** For each argument the type it must be cast to first; null: as it is. */
  readonly coercions: readonly (DataType | null)[];
}

/** Type inference of one entry: null where the arguments do not fit. */
export type Inference = Pick<ResolvedFunction, 'type' | 'coercions'> | null;

/** DuckDB SQL that fails; `message` is SQL of its text, and NULL makes it NULL. */
export type RenderFailure = (message: string) => string;

/** What rendering knows of a call besides the text of its arguments. */
export interface CallContext {
  /** Types of the arguments after their coercion. */
  readonly argumentTypes: readonly DataType[];
  /** Values of the arguments that are constants, undefined for the others. */
  readonly literals: readonly (LiteralValue | undefined)[];
  readonly resultType: DataType;
  /** For rows that the call fails on: adds the place of the call and its values. */
  readonly failure: RenderFailure;
}

/** DuckDB SQL of a call that means what Flink means; `args` are the arguments' SQL. */
export type RenderCall = (args: readonly string[], call: CallContext) => string;

/** A scalar function or operator. Several entries may share a name: the first that fits the arguments is taken. */
export interface ScalarFunction {
  /** Unique in the table. */
  readonly id: string;
  /** SQL names in upper case. */
  readonly names: readonly string[];
  /** For messages: `SUBSTRING(STRING, INT [, INT])`. */
  readonly signature: string;
  readonly infer: (args: readonly FunctionArgument[]) => Inference;
  readonly render: RenderCall;
  /** True: two calls with equal arguments may differ (RAND), or the value depends on when it is asked (NOW). */
  readonly volatile?: boolean;
}

/** No function of this name, or none for these arguments. The binder adds the place. */
export class FunctionResolutionError extends Error {
  /**
   * @param candidates near names where the name is unknown, the signatures of the function otherwise
   */
  constructor(
    readonly reason: 'unknown' | 'arguments',
    message: string,
    readonly candidates: readonly string[],
  ) {
    super(message);
    this.name = 'FunctionResolutionError';
  }
}
