/** Queries as written. */
import type { Span } from '../span.js';
import type { HintNode, Identifier, ObjectName, TableAlias } from './common.js';
import type { ExpressionNode, FieldStarNode, FunctionCallNode, StarNode } from './expression.js';

/** A whole query: WITH, a body, ORDER BY, OFFSET, LIMIT (FETCH FIRST n ROWS is LIMIT n). */
export interface QueryNode {
  readonly kind: 'query';
  readonly span: Span;
  readonly recursive: boolean;
  readonly with: readonly CommonTable[];
  readonly body: QueryBody;
  readonly orderBy: readonly OrderItem[];
  readonly offset: ExpressionNode | null;
  /** Null: no limit (also LIMIT ALL). */
  readonly limit: ExpressionNode | null;
}

/** A body in parentheses that has its own WITH, ORDER BY, OFFSET or LIMIT is a query again. */
export type QueryBody = SelectNode | ValuesNode | SetOperationNode | TableQueryNode | QueryNode;

/** `name (columns) AS (query)` of a WITH list; `columns` is empty where no list is written. */
export interface CommonTable {
  readonly span: Span;
  readonly name: Identifier;
  readonly columns: readonly Identifier[];
  readonly query: QueryNode;
}

/** SELECT … FROM … */
export interface SelectNode {
  readonly kind: 'select';
  readonly span: Span;
  readonly hints: readonly HintNode[];
  readonly distinct: boolean;
  readonly items: readonly SelectItem[];
  /** Null: a SELECT without FROM, one row. */
  readonly from: FromNode | null;
  readonly where: ExpressionNode | null;
  readonly groupBy: GroupBy | null;
  readonly having: ExpressionNode | null;
  readonly windows: readonly NamedWindow[];
  readonly qualify: ExpressionNode | null;
}

/** An entry of the select list; a star has no alias. */
export interface SelectItem {
  readonly span: Span;
  readonly value: ExpressionNode | StarNode | FieldStarNode;
  readonly alias: Identifier | null;
}

/** `VALUES (1, 'a'), (2, 'b')`. */
export interface ValuesNode {
  readonly kind: 'values';
  readonly span: Span;
  /** `VALUES 1, 2` gives rows of one item. */
  readonly rows: readonly ValuesRow[];
}

export interface ValuesRow {
  readonly span: Span;
  readonly items: readonly ExpressionNode[];
}

/** INTERSECT binds tighter than UNION and EXCEPT, which bind to the left. MINUS is EXCEPT. */
export interface SetOperationNode {
  readonly kind: 'set_operation';
  readonly span: Span;
  readonly operator: 'UNION' | 'INTERSECT' | 'EXCEPT';
  readonly all: boolean;
  readonly left: QueryBody;
  readonly right: QueryBody;
}

/** `TABLE t` in the place of a query. */
export interface TableQueryNode {
  readonly kind: 'table_query';
  readonly span: Span;
  readonly name: ObjectName;
}

/** GROUP BY; empty `items` never occurs (`GROUP BY ()` has one item, an empty `grouping_set`). */
export interface GroupBy {
  readonly span: Span;
  readonly distinct: boolean;
  readonly items: readonly GroupingItem[];
}

/**
 * An item of GROUP BY. `expressions` of ROLLUP and CUBE holds one list for each element: `ROLLUP(a, (b, c))` has
 * [[a], [b, c]].
 */
export type GroupingItem = { readonly span: Span } & (
  | { readonly kind: 'grouping_expression'; readonly expression: ExpressionNode }
  | { readonly kind: 'grouping_set'; readonly expressions: readonly ExpressionNode[] }
  | { readonly kind: 'rollup' | 'cube'; readonly expressions: readonly (readonly ExpressionNode[])[] }
  | { readonly kind: 'grouping_sets'; readonly items: readonly GroupingItem[] }
);

/** An item of ORDER BY; `nulls` is null where not written. */
export interface OrderItem {
  readonly span: Span;
  readonly expression: ExpressionNode;
  readonly descending: boolean;
  readonly nulls: 'first' | 'last' | null;
}

/** `WINDOW w AS (…)`. */
export interface NamedWindow {
  readonly span: Span;
  readonly name: Identifier;
  readonly spec: WindowSpec;
}

/** What stands between the parentheses of OVER; `base` is the window it refines. */
export interface WindowSpec {
  readonly kind: 'window_spec';
  readonly span: Span;
  readonly base: Identifier | null;
  readonly partitionBy: readonly ExpressionNode[];
  readonly orderBy: readonly OrderItem[];
  readonly frame: FrameNode | null;
}

/** `ROWS BETWEEN start AND end`; `end` is null in the short form, whose end is the current row. */
export interface FrameNode {
  readonly span: Span;
  readonly unit: 'ROWS' | 'RANGE';
  readonly start: FrameBoundNode;
  readonly end: FrameBoundNode | null;
}

/** One end of a window frame. */
export type FrameBoundNode = { readonly span: Span } & (
  | { readonly kind: 'unbounded_preceding' | 'unbounded_following' | 'current_row' }
  | { readonly kind: 'preceding' | 'following'; readonly offset: ExpressionNode }
);

/** What stands in FROM. */
export type FromNode = { readonly span: Span } & (
  | {
      readonly kind: 'table';
      readonly name: ObjectName;
      readonly hints: readonly HintNode[];
      /** `FOR SYSTEM_TIME AS OF …`. */
      readonly systemTime: ExpressionNode | null;
      readonly alias: TableAlias | null;
    }
  | {
      readonly kind: 'derived_table';
      readonly lateral: boolean;
      readonly query: QueryNode;
      readonly alias: TableAlias | null;
    }
  /** `TABLE(f(…))`, `LATERAL TABLE(f(…))` or plain `f(…)`. */
  | {
      readonly kind: 'table_function';
      readonly lateral: boolean;
      readonly call: FunctionCallNode;
      readonly alias: TableAlias | null;
    }
  | {
      readonly kind: 'unnest';
      readonly operands: readonly ExpressionNode[];
      readonly withOrdinality: boolean;
      readonly alias: TableAlias | null;
    }
  | {
      readonly kind: 'join';
      readonly type: JoinType;
      readonly natural: boolean;
      readonly left: FromNode;
      readonly right: FromNode;
      /** Both null: cross join, comma, or natural. */
      readonly on: ExpressionNode | null;
      readonly using: readonly Identifier[] | null;
    }
);

/** `comma` means what `cross` means; it binds weaker than every JOIN. */
export type JoinType = 'inner' | 'left' | 'right' | 'full' | 'cross' | 'comma';
