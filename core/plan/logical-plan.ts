/**
 * What the user asked, as plain JSON-able data. Every column has an id that is unique in the plan; expressions
 * refer to ids, never to names or positions.
 */
import type { Span } from '../sql/span.js';
import type { DataType } from '../types/data-type.js';
import type { AggregateCall, Expression, MapCall, PythonCall } from './expression.js';
import type { LookupRetry, StreamOperator } from './stream-operator.js';

export interface PlanColumn {
  readonly id: string;
  /** The name a user sees. */
  readonly name: string;
  readonly type: DataType;
  /** True where event time begins here: a WATERMARK is on it, or it is the `window_time` of a window. */
  readonly rowtime?: boolean;
  /** Which edge of a window of time the column is; absent for every other column. */
  readonly window?: WindowEdge;
}

/** A column that a window of time adds. */
export interface WindowEdge {
  readonly edge: 'start' | 'end';
  /** The id that the end of the window had first: two edges of one window share it. */
  readonly of: string;
  /** The window is of TIMESTAMP_LTZ, its edges are local times. */
  readonly isLocal: boolean;
}

export interface SortKey {
  readonly expression: Expression;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** A column that a connector reads or writes. */
export interface TableField {
  readonly name: string;
  readonly type: DataType;
  /** What the connector knows of a row beside its fields (METADATA FROM); absent for a field. */
  readonly metadata?: string;
}

/** A table resolved by the catalog: its stored columns and connector options. Computed columns are a Project above it. */
export interface ScanTable {
  readonly path: readonly string[];
  readonly connector: string;
  readonly options: Readonly<Record<string, string>>;
  readonly columns: readonly TableField[];
  /** Names of the columns of PRIMARY KEY; empty where there is none. */
  readonly primaryKey: readonly string[];
  readonly partitionedBy: readonly string[];
}

export type LogicalPlan = {
  readonly columns: readonly PlanColumn[];
  readonly span: Span | null;
} /** `columns[i]` reads the table's column of the same name. */ & (
  | { readonly kind: 'scan'; readonly table: ScanTable }
  | { readonly kind: 'values'; readonly rows: readonly (readonly Expression[])[] }
  /** `columns[i]` is `expressions[i]`. */
  | { readonly kind: 'project'; readonly input: LogicalPlan; readonly expressions: readonly Expression[] }
  | { readonly kind: 'filter'; readonly input: LogicalPlan; readonly predicate: Expression }
  | {
      readonly kind: 'join';
      readonly type: 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti';
      readonly left: LogicalPlan;
      readonly right: LogicalPlan;
      /** Null: cross join. */
      readonly condition: Expression | null;
      /** How long a stream remembers rows of each side, in milliseconds (0: for ever), where a hint says it (null: not). */
      readonly stateTtlMs?: { readonly left: number | null; readonly right: number | null };
    }
  /**
   * Each row of the left side with the version of the right table that was in force at its time, where there is one:
   * of the rows with equal keys the last that is not younger. Columns: left, then right. Streaming only.
   */
  | {
      readonly kind: 'temporal_join';
      readonly type: 'inner' | 'left';
      readonly left: LogicalPlan;
      readonly right: LogicalPlan;
      readonly keys: readonly { readonly left: Expression; readonly right: Expression }[];
      /** A time attribute of the left side. */
      readonly time: Expression;
      /** The time attribute from which a row of the right side is in force. */
      readonly versionTime: Expression;
      /** A right row that is older than the last of its key is none of its versions. */
      readonly dropsOlder: boolean;
    }
  /**
   * Each row of the input with the rows that a table outside has for its key when the row comes. Columns: the input's,
   * those that the table stores (by name), and whether there was such a row. Streaming only.
   */
  | {
      readonly kind: 'lookup_join';
      /** `left`: a row of the input for which there is none goes on beside NULLs. */
      readonly type: 'inner' | 'left';
      readonly input: LogicalPlan;
      readonly table: ScanTable;
      /** Equal values, of the type of the column. */
      readonly keys: readonly { readonly value: Expression; readonly column: string }[];
      /** What a row of the table has to meet beside the keys to be there. */
      readonly condition: Expression | null;
      /** Where a hint says it. */
      readonly retry: LookupRetry | null;
    }
  /** Columns: the group expressions, then the aggregates. */
  | {
      readonly kind: 'aggregate';
      readonly input: LogicalPlan;
      readonly groups: readonly Expression[];
      /** Positions of `groups`, for GROUPING SETS, ROLLUP and CUBE; null: plain GROUP BY. */
      readonly groupingSets: readonly (readonly number[])[] | null;
      readonly aggregates: readonly AggregateCall[];
      /** How long a stream remembers groups, in milliseconds (0: for ever), where a hint says it. */
      readonly stateTtlMs?: number;
    }
  | { readonly kind: 'sort'; readonly input: LogicalPlan; readonly keys: readonly SortKey[] }
  | {
      readonly kind: 'limit';
      readonly input: LogicalPlan;
      readonly count: number | null;
      readonly offset: number;
    }
  /** `stateTtlMs` as of `aggregate`. */
  | { readonly kind: 'distinct'; readonly input: LogicalPlan; readonly stateTtlMs?: number }
  /** Set operations by position; `columns` are new. */
  | {
      readonly kind: 'set';
      readonly operator: 'union' | 'intersect' | 'except';
      readonly all: boolean;
      readonly left: LogicalPlan;
      readonly right: LogicalPlan;
    }
  /** Columns: the input's, then the table function's. `outer`: LEFT JOIN LATERAL … ON TRUE. */
  | {
      readonly kind: 'correlate';
      readonly input: LogicalPlan;
      readonly call: PythonCall & { readonly span: Span | null };
      readonly outer: boolean;
    }
  /**
   * A function over tables, or a table aggregate. The rows of all its tables come in `input`, divided by `keys`
   * (null: any share of the rows may be given at once). Columns: the key columns, which keep their ids, then the
   * function's.
   */
  | {
      readonly kind: 'map';
      readonly input: LogicalPlan;
      readonly call: MapCall;
      readonly keys: readonly Expression[] | null;
      /** The order of rows inside a partition. */
      readonly order: readonly SortKey[];
      /** The number of the table that a row belongs to; null for one table. */
      readonly tag: Expression | null;
    }
  /** Columns: the input's, then the element's column(s). */
  | {
      readonly kind: 'unnest';
      readonly input: LogicalPlan;
      readonly collection: Expression;
      readonly withOrdinality: boolean;
      readonly outer: boolean;
    }
  /** Event time begins: no row after the next may be older than `expression` says of this one. Streaming only. */
  | {
      readonly kind: 'watermark';
      readonly input: LogicalPlan;
      /** The column of event time. */
      readonly rowtime: string;
      readonly expression: Expression;
      /** The columns that PRIMARY KEY of the table names; null: it has none. */
      readonly primaryKey: readonly string[] | null;
      /** Time is that of the clock: the column holds when each row came. Any other time of the rows is a plain column from here on. */
      readonly byClock?: true;
    }
  /** Rows in sessions: columns are the input's, then start, end and time of the window. */
  | {
      readonly kind: 'session';
      readonly input: LogicalPlan;
      readonly time: Expression;
      /** Milliseconds. */
      readonly gap: number;
      readonly partitionBy: readonly Expression[];
    }
  /** What an operator of the core makes of its inputs, whose expressions are columns by now. Made by the planner of streams. */
  | {
      readonly kind: 'stream';
      readonly inputs: readonly LogicalPlan[];
      readonly operator: StreamOperator<string>;
    }
  /** A common table expression that is used more than once: `columns[i]` is column i of `input`; equal `id`, same rows. */
  | { readonly kind: 'shared'; readonly id: string; readonly input: LogicalPlan }
);

/** Where the rows of a statement go. */
export type Sink =
  | { readonly kind: 'collect' }
  | {
      readonly kind: 'table';
      readonly table: ScanTable;
      readonly overwrite: boolean;
      /** Folder of the one partition that PARTITION (…) names in full, `dt=2024/h=1`; null where rows choose. */
      readonly partition: string | null;
      /** What the statement says becomes of several rows under one primary key; null: nothing. */
      readonly onConflict: 'DEDUPLICATE' | 'ERROR' | 'NOTHING' | null;
    };

/** One query with its sink; a statement set has several. */
export interface QueryPlan {
  readonly root: LogicalPlan;
  readonly sink: Sink;
}
