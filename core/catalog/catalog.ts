/** What a catalog holds: tables, views and functions by database and name. */
import type { ExpressionNode, QueryNode } from '../sql/ast.js';
import { backticked } from '../text/backticked.js';
import type { DataType } from '../types/data-type.js';

/** A fully qualified name. */
export interface ObjectPath {
  readonly catalog: string;
  readonly database: string;
  readonly name: string;
}

/** A column of a table. Names are case-sensitive. */
export type TableColumn = { readonly name: string; readonly comment: string | null } & (
  | { readonly kind: 'physical'; readonly type: DataType }
  /** Computed from physical columns when the table is read; may call Python. */
  | { readonly kind: 'computed'; readonly expression: ExpressionNode; readonly text: string }
  | { readonly kind: 'metadata'; readonly type: DataType; readonly key: string; readonly virtual: boolean }
);

/** Event time of a table. */
export interface TableWatermark {
  readonly column: string;
  /** As written. */
  readonly text: string;
  readonly expression: ExpressionNode;
}

export interface TableEntry {
  readonly kind: 'table';
  readonly path: ObjectPath;
  readonly columns: readonly TableColumn[];
  readonly watermark: TableWatermark | null;
  readonly primaryKey: readonly string[] | null;
  readonly partitionedBy: readonly string[];
  readonly comment: string | null;
  /** WITH options, `connector` included. */
  readonly options: Readonly<Record<string, string>>;
}

/** A query under a name; it is bound anew at each use, with the names it saw when it was made. */
export interface ViewEntry {
  readonly kind: 'view';
  readonly path: ObjectPath;
  /** The text of the query. */
  readonly text: string;
  readonly query: QueryNode;
  /** Names of its columns where the statement gave them. */
  readonly columns: readonly string[] | null;
  readonly comment: string | null;
  /** Catalog and database that its unqualified names are looked up in. */
  readonly scope: { readonly catalog: string; readonly database: string };
}

export type RelationEntry = TableEntry | ViewEntry;

/** A registered function; what it declares is read from its target by a worker. */
export interface FunctionEntry {
  /** As registered; functions are found without regard to case. */
  readonly name: string;
  /** `module.attribute`. */
  readonly target: string;
  readonly language: 'PYTHON';
}

/** Named databases with relations and functions. The manager checks existence; a catalog only keeps. */
export interface Catalog {
  readonly name: string;
  /** WITH options, `type` included. */
  readonly options: Readonly<Record<string, string>>;
  databases(): readonly string[];
  createDatabase(name: string): void;
  dropDatabase(name: string): void;
  relation(database: string, name: string): RelationEntry | null;
  relations(database: string): readonly RelationEntry[];
  putRelation(database: string, entry: RelationEntry): void;
  dropRelation(database: string, name: string): void;
  function(database: string, name: string): FunctionEntry | null;
  functions(database: string): readonly FunctionEntry[];
  putFunction(database: string, entry: FunctionEntry): void;
  dropFunction(database: string, name: string): void;
}

/** `catalog.database.name`, parts in backticks where they need them. */
export function pathText(path: ObjectPath): string {
  return [path.catalog, path.database, path.name].map(quoted).join('.');
}

function quoted(part: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(part) ? part : backticked(part);
}
