/** Expressions as written. Parentheses leave no node: the tree's shape says what they said. */
import type { Span } from '../span.js';
import type { Identifier, IntervalQualifier, ObjectName, TimeUnit } from './common.js';
import type { OrderItem, QueryNode, WindowSpec } from './query.js';
import type { TypeNode } from './type.js';

/** Operators with one operand before it. NOT has its own place in precedence, above AND. */
export type UnaryOperator = '+' | '-' | 'NOT';

/** Operators with two operands. `!=` is given as `<>`, `||` concatenates, `%` is MOD. */
export type BinaryOperator =
  | 'OR'
  | 'AND'
  | '='
  | '<>'
  | '<'
  | '<='
  | '>'
  | '>='
  | 'IS DISTINCT FROM'
  | 'IS NOT DISTINCT FROM'
  | 'OVERLAPS'
  | 'MEMBER OF'
  | 'SUBMULTISET OF'
  | '+'
  | '-'
  | '||'
  | '*'
  | '/'
  | '%';

/** Comparisons that take ANY, SOME or ALL. */
export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>=';

/** What `x IS [NOT] …` asks for. */
export type IsTest =
  | 'NULL'
  | 'TRUE'
  | 'FALSE'
  | 'UNKNOWN'
  | 'A SET'
  | 'EMPTY'
  | 'JSON VALUE'
  | 'JSON OBJECT'
  | 'JSON ARRAY'
  | 'JSON SCALAR';

/**
 * A constant. Numbers are text, as written, without sign; DATE, TIME and TIMESTAMP are the text between their quotes,
 * not yet checked; `binary` is hexadecimal text in upper case.
 */
export type LiteralNode = { readonly kind: 'literal'; readonly span: Span } & (
  | { readonly type: 'null' }
  | { readonly type: 'boolean'; readonly value: boolean }
  /** `1`, `1.50`, `1e3`, in this order. */
  | { readonly type: 'integer' | 'decimal' | 'approximate'; readonly value: string }
  | { readonly type: 'string' | 'binary' | 'date' | 'time' | 'timestamp'; readonly value: string }
  | {
      readonly type: 'interval';
      /** The text between the quotes: `10`, `1 02:03:04.5`, `2-6`. */
      readonly value: string;
      /** True for a minus sign before the quotes. */
      readonly negative: boolean;
      readonly qualifier: IntervalQualifier;
    }
);

/** A column, with what qualifies it, or a column and fields inside it: the binder decides. */
export interface NameNode extends ObjectName {
  readonly kind: 'name';
}

/** `*` or `t.*` in a select list; `*` as the argument of COUNT (qualifier null). */
export interface StarNode {
  readonly kind: 'star';
  readonly span: Span;
  readonly qualifier: ObjectName | null;
}

/** `f(x).*`: the fields of a ROW as columns. */
export interface FieldStarNode {
  readonly kind: 'field_star';
  readonly span: Span;
  readonly base: ExpressionNode;
}

/** A word that is syntax of its function: the unit of EXTRACT, BOTH/LEADING/TRAILING of TRIM. Upper case. */
export interface KeywordNode {
  readonly kind: 'keyword';
  readonly span: Span;
  readonly word: TimeUnit | 'BOTH' | 'LEADING' | 'TRAILING';
}

/** `DESCRIPTOR(a, b)`. */
export interface DescriptorNode {
  readonly kind: 'descriptor';
  readonly span: Span;
  readonly columns: readonly Identifier[];
}

/** `TABLE t PARTITION BY k ORDER BY ts`, or a query in parentheses in its place. */
export interface TableArgumentNode {
  readonly kind: 'table_argument';
  readonly span: Span;
  readonly source: ObjectName | QueryNode;
  readonly partitionBy: readonly ExpressionNode[];
  readonly orderBy: readonly OrderItem[];
}

/** The word DEFAULT in the place of an argument. */
export interface DefaultNode {
  readonly kind: 'default';
  readonly span: Span;
}

/** What may stand between the parentheses of a call. */
export type ArgumentValue =
  | ExpressionNode
  | StarNode
  | KeywordNode
  | DescriptorNode
  | TableArgumentNode
  | DefaultNode;

/** An argument, by position (`name` null) or by name: `x => 1`. */
export interface ArgumentNode {
  readonly span: Span;
  readonly name: Identifier | null;
  readonly value: ArgumentValue;
}

/**
 * A call by name. Special forms become plain calls whose arguments are in this order: `EXTRACT(unit, x)`,
 * `SUBSTRING(x, from[, length])`, `TRIM(side, characters, x)`, `POSITION(part, whole[, from])`,
 * `OVERLAY(x, y, from[, length])`, `CEIL/FLOOR(x, unit)`, `TIMESTAMPADD/TIMESTAMPDIFF(unit, a, b)`.
 * CURRENT_DATE and its like are calls without arguments.
 */
export interface FunctionCallNode {
  readonly kind: 'function_call';
  readonly span: Span;
  /** In the case it was written in; functions are found without regard to case. */
  readonly name: ObjectName;
  readonly arguments: readonly ArgumentNode[];
  readonly distinct: boolean;
  /** IGNORE NULLS or RESPECT NULLS, where written. */
  readonly nulls: 'ignore' | 'respect' | null;
  readonly withinGroup: readonly OrderItem[];
  readonly filter: ExpressionNode | null;
  readonly over: Identifier | WindowSpec | null;
}

/** What a JSON function answers when there is nothing, or when it fails. */
export type JsonBehavior =
  | { readonly kind: 'null' | 'error' | 'true' | 'false' | 'unknown' | 'empty_array' | 'empty_object' }
  | { readonly kind: 'default'; readonly value: ExpressionNode };

/** The JSON functions whose arguments have words between them; a clause that is not written is null. */
export interface JsonCallNode {
  readonly kind: 'json_call';
  readonly span: Span;
  readonly function:
    | 'JSON_EXISTS'
    | 'JSON_VALUE'
    | 'JSON_QUERY'
    | 'JSON_OBJECT'
    | 'JSON_ARRAY'
    | 'JSON_OBJECTAGG'
    | 'JSON_ARRAYAGG';
  /** JSON_OBJECT and JSON_OBJECTAGG: key, value, key, value, … */
  readonly arguments: readonly ExpressionNode[];
  readonly returning: TypeNode | null;
  readonly wrapper: 'without' | 'conditional' | 'unconditional' | null;
  readonly onNull: 'null' | 'absent' | null;
  readonly onEmpty: JsonBehavior | null;
  readonly onError: JsonBehavior | null;
  readonly filter: ExpressionNode | null;
}

/** WHEN … THEN …; in the form with an operand `when` may be several values, compared one by one. */
export interface CaseBranch {
  readonly span: Span;
  readonly when: readonly ExpressionNode[];
  readonly then: ExpressionNode;
}

/** A scalar expression as written. */
export type ExpressionNode =
  | LiteralNode
  | NameNode
  | FunctionCallNode
  | JsonCallNode
  | ({ readonly span: Span } & (
      | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: ExpressionNode }
      | {
          readonly kind: 'binary';
          readonly operator: BinaryOperator;
          readonly left: ExpressionNode;
          readonly right: ExpressionNode;
        }
      | {
          readonly kind: 'is';
          readonly operand: ExpressionNode;
          readonly test: IsTest;
          readonly negated: boolean;
        }
      | {
          readonly kind: 'between';
          readonly operand: ExpressionNode;
          readonly low: ExpressionNode;
          readonly high: ExpressionNode;
          readonly symmetric: boolean;
          readonly negated: boolean;
        }
      | {
          readonly kind: 'like';
          readonly operator: 'LIKE' | 'SIMILAR TO';
          readonly operand: ExpressionNode;
          readonly pattern: ExpressionNode;
          readonly escape: ExpressionNode | null;
          readonly negated: boolean;
        }
      | {
          readonly kind: 'in_list';
          readonly operand: ExpressionNode;
          readonly items: readonly ExpressionNode[];
          readonly negated: boolean;
        }
      /** The operand is a `row` where several columns are compared. */
      | {
          readonly kind: 'in_query';
          readonly operand: ExpressionNode;
          readonly query: QueryNode;
          readonly negated: boolean;
        }
      /** SOME is ANY. Exactly one of `query` and `items` is given. */
      | {
          readonly kind: 'quantified';
          readonly operator: ComparisonOperator;
          readonly quantifier: 'ANY' | 'ALL';
          readonly operand: ExpressionNode;
          readonly query: QueryNode | null;
          readonly items: readonly ExpressionNode[] | null;
        }
      | { readonly kind: 'exists'; readonly query: QueryNode }
      | { readonly kind: 'subquery'; readonly query: QueryNode }
      | {
          readonly kind: 'case';
          /** Null for CASE WHEN condition. */
          readonly operand: ExpressionNode | null;
          readonly branches: readonly CaseBranch[];
          readonly otherwise: ExpressionNode | null;
        }
      /** `safe`: TRY_CAST. */
      | {
          readonly kind: 'cast';
          readonly operand: ExpressionNode;
          readonly type: TypeNode;
          readonly safe: boolean;
        }
      /** `INTERVAL (expression) unit`: that many of the unit. */
      | {
          readonly kind: 'interval';
          readonly operand: ExpressionNode;
          readonly qualifier: IntervalQualifier;
        }
      /** `x FORMAT JSON`: the text is JSON, to be taken as it is. */
      | { readonly kind: 'format_json'; readonly operand: ExpressionNode }
      /** `ROW(a, b)` or `(a, b)`. */
      | { readonly kind: 'row'; readonly items: readonly ExpressionNode[] }
      | { readonly kind: 'array' | 'multiset'; readonly items: readonly ExpressionNode[] }
      | {
          readonly kind: 'map';
          readonly entries: readonly { readonly key: ExpressionNode; readonly value: ExpressionNode }[];
        }
      /** `ARRAY(SELECT …)` and its like. */
      | {
          readonly kind: 'collection_query';
          readonly collection: 'ARRAY' | 'MULTISET' | 'MAP';
          readonly query: QueryNode;
        }
      /** `base[index]`: element of an array (from 1) or value of a map. */
      | { readonly kind: 'element'; readonly base: ExpressionNode; readonly index: ExpressionNode }
      /** `(base).field` where the base is no plain name. */
      | { readonly kind: 'field'; readonly base: ExpressionNode; readonly field: Identifier }
    ));
