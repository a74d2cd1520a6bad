/**
 * What the planner knows of a user-defined function: read by a worker from the decorated Python object and sent
 * as the reply to `load_functions` (bridge/protocol). Types are SQL type text.
 */

export type FunctionKind = 'scalar' | 'table' | 'aggregate' | 'table_aggregate';

/** How a function takes its arguments: per row (null) or as one vector per argument. */
export type BatchFormat = 'arrow' | 'pandas' | 'numpy' | 'polars';

export interface FunctionParameter {
  readonly name: string;
  /** SQL type text, or null where the function does not declare it (any type is accepted). */
  readonly type: string | null;
  /** False: the function is not called with NULL here; the result is NULL instead. */
  readonly nullable: boolean;
  readonly hasDefault: boolean;
  readonly variadic: boolean;
  /**
   * The parameter takes a table: `row`, any share of its rows may be given at once; `set`, whole partitions are;
   * `broadcast`, all partitions see its rows. Null: it takes values.
   */
  readonly table: 'row' | 'set' | 'broadcast' | null;
  /** It takes an argument only by name. */
  readonly keywordOnly: boolean;
}

export interface FunctionDeclaration {
  /** The name the job uses. */
  readonly name: string;
  readonly kind: FunctionKind;
  readonly batch: BatchFormat | null;
  readonly parameters: readonly FunctionParameter[];
  /** SQL type text of the result; for table functions a ROW type, one field for each output column. */
  readonly result: string;
  readonly accumulator: string | null;
  readonly deterministic: boolean;
  /** Its calls are awaited, many at once. */
  readonly isAsync: boolean;
  /** It is called once, with an iterator of batches. */
  readonly iterator: boolean;
  /** It is an aggregate that puts accumulators together (`merge`), and they can travel between workers. */
  readonly mergeable: boolean;
  /** It is an aggregate that takes rows back (`retract`). */
  readonly retractable: boolean;
  /** It is a table function with a state by key and timers. */
  readonly stateful: boolean;
  /** Rows that it gives beside its result, under a tag: the columns of each as a ROW type. */
  readonly sideOutputs: readonly { readonly tag: string; readonly type: string }[];
  /** It is a table function whose columns its static `analyze` gives for each call; `result` then has none. */
  readonly analyzes: boolean;
  /** Options of the decorator that were given, by name (memory, cpus, timeout…); the rest is absent here only. */
  readonly options: Readonly<Record<string, string | number | boolean>>;
  /** `module.attribute` it was loaded from, or its source (`inline-target.ts`). */
  readonly target: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly doc: string | null;
}
