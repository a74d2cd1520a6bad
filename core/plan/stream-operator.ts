/**
 * What the core's own streaming operators do, as plain data: columns by id (`C` is string) while a query is planned, by
 * position in the rows of an input (`C` is number) in the stage graph.
 */
import type { TextPlace } from '../errors.js';
import type { DataType, RowField } from '../types/data-type.js';
import type { Comparison } from './comparison.js';
import type { Expression, LiteralValue } from './expression.js';
import type { TableField } from './logical-plan.js';

/** What the rows of an input say of themselves beside their values. */
export interface StreamInput<C> {
  /** TINYINT: the kind of change that a row is (`CHANGES`); null: every row is an insertion. */
  readonly change: C | null;
  /** BIGINT: the watermark, in milliseconds, that was in force when the row came (NULL: none); null: not known. */
  readonly clock: C | null;
}

/** Where a column of the output comes from. */
export type StreamOutput<C> =
  /** A column of the row of input `input`; NULL where a join padded that side. */
  | { readonly kind: 'input'; readonly input: number; readonly column: C }
  /** What the operator computes. */
  | { readonly kind: 'result'; readonly result: number }
  | { readonly kind: 'change' }
  | { readonly kind: 'clock' };

/** A built-in aggregate over columns. */
export interface StreamCall<C> {
  /** Its id in the function table. */
  readonly function: string;
  readonly arguments: readonly C[];
  readonly argumentTypes: readonly DataType[];
  readonly distinct: boolean;
  /** BOOLEAN: rows where it is not TRUE are left out; null: every row. */
  readonly filter: C | null;
  readonly type: DataType;
  /** Where it stands in the SQL text, for its errors; absent: it has none. */
  readonly place?: TextPlace;
}

/** An aggregate written in Python, over columns and constants. */
export interface StreamPythonCall<C> {
  readonly function: string;
  readonly arguments: readonly (
    | { readonly kind: 'column'; readonly column: C; readonly type: DataType }
    | { readonly kind: 'literal'; readonly value: LiteralValue; readonly type: DataType }
  )[];
  /** Names of arguments passed by name, null for positional ones. */
  readonly argumentNames: readonly (string | null)[];
  readonly distinct: boolean;
  /** BOOLEAN: rows where it is not TRUE are left out; null: every row. */
  readonly filter: C | null;
  readonly type: DataType;
}

/** A key of ORDER BY. */
export interface StreamSortKey<C> {
  readonly column: C;
  readonly type: DataType;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** The rows before the current one that an aggregate with OVER sees, itself included. */
export interface StreamFrame {
  readonly unit: 'ROWS' | 'RANGE';
  /** Rows, or milliseconds; null: all. */
  readonly preceding: number | null;
}

export type StreamOperatorKind<C> =
  /** Event time begins. Passes its rows on. */
  | {
      readonly kind: 'watermark';
      /** Whose time it is, for errors: the table, and the column of its WATERMARK. */
      readonly of: { readonly table: string; readonly column: string };
      readonly rowtime: C;
      readonly watermark: C;
      /** BIGINT: the split that the row is of, as `packedSplit`; null: all are of one. Time is the least over splits. */
      readonly split: C | null;
      readonly options: WatermarkOptions;
    }
  /** Time of the clock begins. Passes its rows on. Results: when each row came, and time goes on without rows. */
  | { readonly kind: 'arrival' }
  /** Projections and conditions. Results: the expressions, over the columns and what `steps` add to them. */
  | {
      readonly kind: 'calc';
      /** The id that each column has in the expressions. */
      readonly columns: readonly { readonly id: string; readonly column: C }[];
      readonly steps: readonly CalcStep[];
      readonly results: readonly Expression[];
    }
  /**
   * GROUP BY. Results: the keys, then the calls. With `windowTime`, the last millisecond of a window among the keys, a group gives its only row
   * when the watermark passes the window's end; rows of windows that ended are dropped.
   */
  | {
      readonly kind: 'aggregate';
      readonly keys: readonly C[];
      readonly calls: readonly StreamCall<C>[];
      readonly windowTime: C | null;
      /** How long a group without a window is kept, in milliseconds (0: for ever); absent: as the job says. */
      readonly stateTtlMs?: number;
    }
  /**
   * GROUP BY with windows of `size` that begin every `slide`, `offset` after whole numbers of it, in milliseconds, over rows that only
   * come. Results: the first moment of the window, the moment after it, its last millisecond, the keys, then the calls.
   */
  | {
      readonly kind: 'hop';
      readonly keys: readonly C[];
      readonly calls: readonly StreamCall<C>[];
      readonly time: C;
      readonly size: number;
      readonly slide: number;
      readonly offset: number;
    }
  /**
   * As `aggregate`, with aggregates written in Python, whose accumulators travel to them. Results: the keys, the built-in
   * calls, then those of Python.
   */
  | {
      readonly kind: 'accumulate';
      readonly keys: readonly C[];
      readonly calls: readonly StreamCall<C>[];
      readonly python: readonly StreamPythonCall<C>[];
      readonly windowTime: C | null;
      readonly stateTtlMs?: number;
      /** Some function takes whole groups: rows are kept until their window has ended, instead of accumulators. */
      readonly keepsRows: boolean;
    }
  /** A function over the rows of each key, with state and timers; rows of windows that ended are dropped. Results: the keys, then the fields of its rows. */
  | {
      readonly kind: 'process';
      readonly keys: readonly C[];
      readonly function: string;
      readonly argumentNames: readonly (string | null)[];
      readonly tables: readonly ProcessTable<C>[];
      /** The window of the tables is part of the keys, which are over when it has passed. */
      readonly perWindow: boolean;
      /** The number of the table that a row is of; null: there is one. */
      readonly tag: C | null;
      readonly type: DataType;
      /** As of `MapCall`. */
      readonly sideFields: readonly RowField[];
    }
  /**
   * Rows with results that may differ each time, kept until the row goes: it is taken back with those that it came with.
   * `keys` are the columns that the results were computed from. Results: those of `results`.
   */
  | { readonly kind: 'settle'; readonly keys: readonly C[]; readonly results: readonly C[] }
  /** Rows with the session that they are in, once it has ended. Results: start, end and last millisecond. */
  | { readonly kind: 'session'; readonly keys: readonly C[]; readonly time: C; readonly gap: number }
  /**
   * Aggregates over the rows before each row, in the order of event time; `time` null: of processing time, in which rows are
   * in the order in which they come, and RANGE counts from their millisecond. Results: the calls.
   */
  | {
      readonly kind: 'over';
      readonly keys: readonly C[];
      readonly time: C | null;
      readonly calls: readonly (StreamCall<C> & { readonly frame: StreamFrame })[];
    }
  /**
   * Aggregates over the rows up to each row in an order of values, where rows come and go: they change the results of those
   * behind them. RANGE counts rows with equal values at once. Results: the calls.
   */
  | {
      readonly kind: 'sorted_over';
      readonly keys: readonly C[];
      readonly order: readonly StreamSortKey<C>[];
      readonly calls: readonly (StreamCall<C> & { readonly frame: StreamFrame })[];
    }
  /** As `over`, also with aggregates written in Python, whose frames are bounded. Results: the built-in calls, then those of Python. */
  | {
      readonly kind: 'accumulate_over';
      readonly keys: readonly C[];
      readonly time: C | null;
      readonly calls: readonly (StreamCall<C> & { readonly frame: StreamFrame })[];
      readonly python: readonly (StreamPythonCall<C> & { readonly frame: StreamFrame })[];
    }
  /** The rows from `from` to `to` (from 1) of each partition in this order. Results: the number of the row. */
  | {
      readonly kind: 'rank';
      readonly keys: readonly C[];
      readonly order: readonly StreamSortKey<C>[];
      readonly from: number;
      readonly to: number;
      /** Of rows that compare equal the last that came is the first; absent: the first that came. */
      readonly isLatestFirst?: boolean;
      /** The last millisecond of the window that a partition belongs to; null: it is never complete. */
      readonly windowTime: C | null;
    }
  /** The first row of each key in event time, which is final when the watermark has passed it. */
  | { readonly kind: 'first_row'; readonly keys: readonly C[]; readonly time: C }
  /** The last row of each key in event time; of several the one that came last. */
  | { readonly kind: 'last_row'; readonly keys: readonly C[]; readonly time: C }
  /** Rows that take the place of the one with their key, or remove it, as rows that come and go. */
  | { readonly kind: 'normalize'; readonly keys: readonly C[] }
  /** Rows of which the last that is left is in force under `keys`, in a changelog that changes by other keys. */
  | { readonly kind: 'upsert'; readonly keys: readonly C[] }
  /**
   * Rows of which one alone may be there under `keys`, whose `names` they are of `table`, whenever the watermark moves on: of several the
   * first stays, or where it `fails` the job does.
   */
  | {
      readonly kind: 'conflict';
      readonly keys: readonly C[];
      readonly names: readonly string[];
      readonly table: string;
      readonly fails: boolean;
    }
  | StreamJoin<C>
  /** Rows of input 0, each with the version of input 1 at its time (`left`: beside NULLs where there is none). */
  | {
      readonly kind: 'temporal_join';
      readonly type: 'inner' | 'left';
      readonly leftKeys: readonly C[];
      readonly rightKeys: readonly C[];
      readonly time: C;
      /** Since when a row of input 1 is in force. */
      readonly versionTime: C;
      /** A row of input 1 that is older than the last of its key is none of its versions. */
      readonly dropsOlder: boolean;
    }
  | StreamLookup<C>
  /** The rows of all inputs as they come; for each input the columns that are the results. */
  | { readonly kind: 'union'; readonly columns: readonly (readonly C[])[] }
  /**
   * Rows in the order of event time, once the watermark has passed them; `time` null: of processing time, those of one
   * millisecond in this order, once it is over.
   */
  | { readonly kind: 'sort'; readonly time: C | null; readonly order: readonly StreamSortKey<C>[] }
  /** The rows that are left when the input has ended, in this order. */
  | { readonly kind: 'materialize'; readonly order: readonly StreamSortKey<C>[] };

/** How time is said. */
export interface WatermarkOptions {
  /** At once, by every so many rows; null: by an interval. */
  readonly eventGap: number | null;
  /** How long a split has to be without rows until time does not wait for it; null: as the job says. */
  readonly idleTimeoutMs: number | null;
}

/** A table that a process function is given. */
export interface ProcessTable<C> {
  readonly columns: readonly { readonly name: string; readonly column: C }[];
  /** The event time of a row; null: rows have none. */
  readonly time: C | null;
  /** The window of time that a row is in; null: rows have none. */
  readonly window: ProcessWindow<C> | null;
  /** All keys see its rows, which have none. */
  readonly isBroadcast: boolean;
}

/** First moment and last millisecond of a window, each as event time. */
export interface ProcessWindow<C> {
  readonly start: C;
  readonly last: C;
}

/** A step from the rows of an input to rows with more columns, or fewer rows. */
export type CalcStep =
  | { readonly kind: 'filter'; readonly predicate: Expression }
  | { readonly kind: 'compute'; readonly id: string; readonly expression: Expression }
  /** The row once for each element of a list, which gets the id. */
  | { readonly kind: 'unnest'; readonly id: string; readonly collection: Expression };

/** Rows of two inputs whose keys are equal and that meet the condition. */
export interface StreamJoin<C> {
  readonly kind: 'join';
  readonly type: 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti';
  readonly leftKeys: readonly C[];
  readonly rightKeys: readonly C[];
  /** For each key whether NULL equals NULL. */
  readonly nullSafe: readonly boolean[];
  /** What else a pair must meet. */
  readonly bounds: readonly StreamBound<C>[];
  /** What else, by the value of an expression over columns of both inputs; absent: nothing. */
  readonly condition?: StreamPairCondition<C>;
  /** Rows of a side are forgotten when the watermark has passed `time` of them by `keep` milliseconds. */
  readonly left: StreamRetention<C> | null;
  readonly right: StreamRetention<C> | null;
  /** How long rows that event time does not forget are kept, in milliseconds (0: for ever); null, absent: as the job says. */
  readonly stateTtlMs?: { readonly left: number | null; readonly right: number | null };
}

/** A key that a table outside has no row for is asked for again: so often at most, each time so much later. */
export interface LookupRetry {
  readonly fixedDelayMs: number;
  readonly maxAttempts: number;
}

/**
 * Rows, each with those that a table outside has for its key (`left`: beside NULLs where there is none). Results: the
 * fields of the table, then whether there was one.
 */
export interface StreamLookup<C> {
  readonly kind: 'lookup';
  readonly type: 'inner' | 'left';
  readonly table: {
    readonly name: string;
    readonly connector: string;
    readonly options: Readonly<Record<string, string>>;
    readonly fields: readonly TableField[];
  };
  /** A column, and the number of the field that is equal to it and of its type. */
  readonly keys: readonly { readonly column: C; readonly field: number }[];
  /** Null: what is not there is not there. */
  readonly retry: LookupRetry | null;
  /** What a row of the table has to meet to be there, over columns of the input and fields; null: nothing. */
  readonly condition: {
    readonly predicate: Expression;
    /** The id that each column has in the predicate. */
    readonly columns: readonly { readonly id: string; readonly column: C }[];
    readonly fields: readonly { readonly id: string; readonly field: number }[];
  } | null;
}

/** A comparison that a pair must meet. */
export interface StreamBound<C> {
  readonly operator: Comparison;
  readonly left: C;
  readonly right: C;
  /** Of both values. */
  readonly type: DataType;
}

/** An expression over columns of both inputs. */
export interface StreamPairCondition<C> {
  readonly predicate: Expression;
  /** The id that each column has in the predicate. */
  readonly columns: readonly { readonly id: string; readonly input: 0 | 1; readonly column: C }[];
}

/** How long a side of a join is remembered. */
export interface StreamRetention<C> {
  readonly time: C;
  readonly keep: number;
  /** The time is the end of a window: rows that come after it are dropped. */
  readonly isWindow: boolean;
}

export type StreamOperator<C> = StreamOperatorKind<C> & {
  readonly inputs: readonly StreamInput<C>[];
  /** One for each column of the output. */
  readonly outputs: readonly StreamOutput<C>[];
};

/** Those of which two parts of a group can be made one. */
export const MERGEABLE_AGGREGATES: ReadonlySet<string> = new Set(['COUNT', 'SUM', 'AVG', 'MIN', 'MAX']);

/** Those that some rows make fail. */
export const FAILING_AGGREGATES: ReadonlySet<string> = new Set([
  'JSON_OBJECTAGG_NULL_ON_NULL',
  'JSON_OBJECTAGG_ABSENT_ON_NULL',
  'SINGLE_VALUE',
  'SUBQUERY_VALUE',
]);

/** The built-in aggregates that streaming operators know. */
export const STREAM_AGGREGATES: ReadonlySet<string> = new Set([
  'COUNT',
  'SUM',
  'AVG',
  'MIN',
  'MAX',
  'FIRST_VALUE',
  'LAST_VALUE',
  'LAG',
  'RANK',
  'DENSE_RANK',
  'LISTAGG',
  'ARRAY_AGG',
  'COLLECT',
  'PERCENTILE',
  'JSON_ARRAYAGG_NULL_ON_NULL',
  'JSON_ARRAYAGG_ABSENT_ON_NULL',
  'JSON_OBJECTAGG_NULL_ON_NULL',
  'JSON_OBJECTAGG_ABSENT_ON_NULL',
  'SINGLE_VALUE',
  'SUBQUERY_VALUE',
  'STDDEV_POP',
  'STDDEV_SAMP',
  'VAR_POP',
  'VAR_SAMP',
]);
