/** Statements as written. `sql.slice(span.start, span.end)` is a statement's exact text, without its semicolon. */
import type { Span } from '../span.js';
import type {
  AlterCatalogStatement,
  AlterDatabaseStatement,
  AlterFunctionStatement,
  AlterTableStatement,
  AlterViewStatement,
  PartitionSpec,
} from './alter.js';
import type { HintNode, Identifier, ObjectName, StringNode } from './common.js';
import type {
  CreateCatalogStatement,
  CreateDatabaseStatement,
  CreateFunctionStatement,
  CreateTableStatement,
  CreateViewStatement,
  DropStatement,
} from './ddl.js';
import type { QueryNode } from './query.js';

/** One statement of a script. EXECUTE is not kept: `EXECUTE INSERT …` is the INSERT, its span covers both. */
export type Statement =
  | QueryStatement
  | InsertStatement
  | StatementSetStatement
  | ExplainStatement
  | CreateTableStatement
  | CreateViewStatement
  | CreateFunctionStatement
  | CreateCatalogStatement
  | CreateDatabaseStatement
  | DropStatement
  | AlterTableStatement
  | AlterViewStatement
  | AlterDatabaseStatement
  | AlterCatalogStatement
  | AlterFunctionStatement
  | ShowStatement
  | DescribeStatement
  | UseStatement
  | SetStatement
  | ResetStatement
  | JarStatement;

/** A query whose rows the user wants to see. */
export interface QueryStatement {
  readonly kind: 'query_statement';
  readonly span: Span;
  readonly query: QueryNode;
}

/** INSERT INTO | OVERWRITE t [PARTITION (…)] [(columns)] query. */
export interface InsertStatement {
  readonly kind: 'insert';
  readonly span: Span;
  readonly overwrite: boolean;
  readonly table: ObjectName;
  readonly hints: readonly HintNode[];
  readonly partition: PartitionSpec | null;
  /** Null where no list is written. */
  readonly columns: readonly Identifier[] | null;
  readonly query: QueryNode;
  /** What becomes of several rows under one primary key; null: nothing is said. */
  readonly onConflict: ConflictBehavior | null;
}

/** ON CONFLICT DO …: the last row that is left is in force, the job fails, or the first row stays. */
export type ConflictBehavior = 'DEDUPLICATE' | 'ERROR' | 'NOTHING';

/** `[EXECUTE] STATEMENT SET BEGIN …; END` and `BEGIN STATEMENT SET; …; END;`: one job of several INSERTs. */
export interface StatementSetStatement {
  readonly kind: 'statement_set';
  readonly span: Span;
  readonly statements: readonly InsertStatement[];
}

export type ExplainDetail = 'ESTIMATED_COST' | 'CHANGELOG_MODE' | 'JSON_EXECUTION_PLAN' | 'PLAN_ADVICE';

/** EXPLAIN [PLAN FOR | details] statement. */
export interface ExplainStatement {
  readonly kind: 'explain';
  readonly span: Span;
  readonly details: readonly ExplainDetail[];
  readonly statement: QueryStatement | InsertStatement | StatementSetStatement;
}

/** What SHOW lists. */
export type ShowObject =
  | 'CATALOGS'
  | 'CURRENT CATALOG'
  | 'CREATE CATALOG'
  | 'DATABASES'
  | 'CURRENT DATABASE'
  | 'TABLES'
  | 'VIEWS'
  | 'COLUMNS'
  | 'CREATE TABLE'
  | 'CREATE VIEW'
  | 'PARTITIONS'
  | 'FUNCTIONS'
  | 'USER FUNCTIONS'
  | 'JARS'
  | 'MODULES'
  | 'FULL MODULES';

/** SHOW object [FROM | IN name] [[NOT] LIKE pattern]. */
export interface ShowStatement {
  readonly kind: 'show';
  readonly span: Span;
  readonly object: ShowObject;
  /** The object asked about: the table of COLUMNS and PARTITIONS, of CREATE TABLE, the database of TABLES; else null. */
  readonly name: ObjectName | null;
  readonly like: ShowPattern | null;
  /** SHOW PARTITIONS t PARTITION (…). */
  readonly partition: PartitionSpec | null;
}

/** `[NOT] LIKE 'a%'`, or ILIKE, which ignores case. */
export interface ShowPattern {
  readonly span: Span;
  readonly pattern: StringNode;
  readonly ignoreCase: boolean;
  readonly negated: boolean;
}

/** DESCRIBE | DESC [EXTENDED] t; of a CATALOG, DATABASE or FUNCTION where that word is written. */
export interface DescribeStatement {
  readonly kind: 'describe';
  readonly span: Span;
  readonly object: 'TABLE' | 'CATALOG' | 'DATABASE' | 'FUNCTION';
  readonly extended: boolean;
  readonly name: ObjectName;
}

/** USE d, USE CATALOG c, USE MODULES a, b. */
export type UseStatement = { readonly kind: 'use'; readonly span: Span } & (
  | { readonly object: 'DATABASE'; readonly name: ObjectName }
  | { readonly object: 'CATALOG'; readonly name: Identifier }
  | { readonly object: 'MODULES'; readonly names: readonly Identifier[] }
);

/** `SET 'key' = 'value'`; both null: list the settings. */
export interface SetStatement {
  readonly kind: 'set';
  readonly span: Span;
  readonly key: StringNode | null;
  readonly value: StringNode | null;
}

/** `RESET 'key'`; null: all. */
export interface ResetStatement {
  readonly kind: 'reset';
  readonly span: Span;
  readonly key: StringNode | null;
}

/** ADD JAR 'path', REMOVE JAR 'path'. */
export interface JarStatement {
  readonly kind: 'jar';
  readonly span: Span;
  readonly action: 'ADD' | 'REMOVE';
  readonly path: StringNode;
}
