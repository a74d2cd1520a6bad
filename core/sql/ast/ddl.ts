/** Statements that create and drop catalog objects, as written. */
import type { Span } from '../span.js';
import type { Identifier, ObjectName, OptionNode, StringNode } from './common.js';
import type { ExpressionNode } from './expression.js';
import type { QueryNode } from './query.js';
import type { TypeNode } from './type.js';

/** CREATE [OR REPLACE] [TEMPORARY] TABLE, REPLACE TABLE. */
export interface CreateTableStatement {
  readonly kind: 'create_table';
  readonly span: Span;
  readonly orReplace: boolean;
  /** REPLACE TABLE: there must be one already; `orReplace` is true too. */
  readonly replaceOnly: boolean;
  readonly temporary: boolean;
  readonly ifNotExists: boolean;
  readonly name: ObjectName;
  readonly columns: readonly ColumnDefinition[];
  /** Names alone, `CREATE TABLE t (a, b) AS …`: the order of the query's columns in the table. */
  readonly columnNames: readonly Identifier[];
  readonly watermark: WatermarkDefinition | null;
  /** Also where PRIMARY KEY is written at a column. */
  readonly primaryKey: PrimaryKeyDefinition | null;
  readonly comment: StringNode | null;
  readonly distribution: DistributionNode | null;
  readonly partitionedBy: readonly Identifier[];
  readonly options: readonly OptionNode[];
  readonly like: LikeClause | null;
  readonly query: QueryNode | null;
}

/** A column of CREATE TABLE; NOT NULL is in its type. */
export type ColumnDefinition = {
  readonly span: Span;
  readonly name: Identifier;
  readonly comment: StringNode | null;
} & (
  | { readonly kind: 'physical_column'; readonly type: TypeNode }
  /** `name AS expression`. */
  | { readonly kind: 'computed_column'; readonly expression: ExpressionNode }
  /** `name type METADATA [FROM 'key'] [VIRTUAL]`. */
  | {
      readonly kind: 'metadata_column';
      readonly type: TypeNode;
      readonly key: StringNode | null;
      readonly virtual: boolean;
    }
);

/** `WATERMARK FOR column AS expression`; the column may be a field inside a row. */
export interface WatermarkDefinition {
  readonly span: Span;
  readonly column: ObjectName;
  readonly expression: ExpressionNode;
}

/** `[CONSTRAINT name] PRIMARY KEY (columns) [NOT ENFORCED]`. */
export interface PrimaryKeyDefinition {
  readonly span: Span;
  readonly name: Identifier | null;
  readonly columns: readonly Identifier[];
  /** True unless NOT ENFORCED is written. */
  readonly enforced: boolean;
}

/** `DISTRIBUTED BY HASH(a) INTO 4 BUCKETS`. */
export interface DistributionNode {
  readonly span: Span;
  readonly strategy: 'HASH' | 'RANGE' | null;
  readonly columns: readonly Identifier[];
  readonly buckets: number | null;
}

/** `LIKE t (INCLUDING ALL EXCLUDING OPTIONS)`. */
export interface LikeClause {
  readonly span: Span;
  readonly source: ObjectName;
  readonly options: readonly LikeOption[];
}

export interface LikeOption {
  readonly span: Span;
  readonly strategy: 'INCLUDING' | 'EXCLUDING' | 'OVERWRITING';
  readonly feature:
    | 'ALL'
    | 'CONSTRAINTS'
    | 'DISTRIBUTION'
    | 'GENERATED'
    | 'METADATA'
    | 'OPTIONS'
    | 'PARTITIONS'
    | 'WATERMARKS';
}

/** CREATE [OR REPLACE] [TEMPORARY] VIEW; the query's text is the slice of its span. */
export interface CreateViewStatement {
  readonly kind: 'create_view';
  readonly span: Span;
  readonly orReplace: boolean;
  readonly temporary: boolean;
  readonly ifNotExists: boolean;
  readonly name: ObjectName;
  /** Empty where no list is written. */
  readonly columns: readonly Identifier[];
  readonly comment: StringNode | null;
  readonly query: QueryNode;
}

/** CREATE [TEMPORARY [SYSTEM]] FUNCTION: by the path of its code, or with its source inside. */
export type CreateFunctionStatement = {
  readonly kind: 'create_function';
  readonly span: Span;
  /** Not portable: Flink has it for tables only. */
  readonly orReplace: boolean;
  readonly temporary: boolean;
  readonly system: boolean;
  readonly ifNotExists: boolean;
  readonly name: ObjectName;
  /** Upper case; null where LANGUAGE is not written (Flink: JAVA). */
  readonly language: 'PYTHON' | 'JAVA' | 'SCALA' | null;
} & (
  | {
      readonly form: 'path';
      /** `module.attribute`. */
      readonly path: StringNode;
      /** Paths of `USING JAR 'a', JAR 'b'`. */
      readonly jars: readonly StringNode[];
    }
  /** `f(a INT, b STRING) RETURNS DOUBLE LANGUAGE PYTHON AS $$ … $$`. */
  | {
      readonly form: 'inline';
      readonly parameters: readonly InlineParameter[];
      readonly returns: TypeNode;
      readonly source: StringNode;
    }
);

export interface InlineParameter {
  readonly span: Span;
  readonly name: Identifier;
  readonly type: TypeNode;
}

/** CREATE CATALOG c [COMMENT '…'] [WITH (…)]. */
export interface CreateCatalogStatement {
  readonly kind: 'create_catalog';
  readonly span: Span;
  readonly ifNotExists: boolean;
  readonly name: Identifier;
  readonly comment: StringNode | null;
  readonly options: readonly OptionNode[];
}

/** CREATE DATABASE [c.]d [COMMENT '…'] [WITH (…)]. */
export interface CreateDatabaseStatement {
  readonly kind: 'create_database';
  readonly span: Span;
  readonly ifNotExists: boolean;
  readonly name: ObjectName;
  readonly comment: StringNode | null;
  readonly options: readonly OptionNode[];
}

/** DROP …; `system` only for functions, `behavior` only for databases. */
export interface DropStatement {
  readonly kind: 'drop';
  readonly span: Span;
  readonly object: 'TABLE' | 'VIEW' | 'FUNCTION' | 'CATALOG' | 'DATABASE';
  readonly temporary: boolean;
  readonly system: boolean;
  readonly ifExists: boolean;
  readonly name: ObjectName;
  readonly behavior: 'RESTRICT' | 'CASCADE' | null;
}
