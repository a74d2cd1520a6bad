/** Rows with a syntax: a named table, or a query. What a `Table` is to the syntax builders. */
import type { FromNode, QueryNode } from '../../core/index.js';
import type { RowInput } from './expression.js';
import type { SchemaClaim } from './schema-claim.js';
import * as syntax from './syntax.js';

/** Immutable; `path` is null where the rows have no name in the catalog. */
export interface Relation {
  readonly query: QueryNode;
  readonly path: readonly string[] | null;
  /** Names in order; null: not known before the query is planned. */
  readonly columns: readonly string[] | null;
  /** What is to be checked before it runs. */
  readonly claims: readonly SchemaClaim[];
}

/** A table or view of the catalog. */
export function namedRelation(path: readonly string[], columns: readonly string[] | null): Relation {
  const query = syntax.query(syntax.select([], syntax.tableNamed(path, 't')));
  return { query, path, columns, claims: [] };
}

/** The relation in a FROM, under an alias. */
export function fromRelation({ path, query }: Relation, alias: string): FromNode {
  return path === null ? syntax.derivedTable(query, alias) : syntax.tableNamed(path, alias);
}

/** A relation's row in a callback. */
export function inputOf({ columns }: Relation, alias: string): RowInput {
  return { alias, columns };
}
