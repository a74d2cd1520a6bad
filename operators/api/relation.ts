/** Rows with a syntax: a named table, or a query. What a `Table` is to the syntax builders. */
import type { FromNode, QueryNode } from '../../core/index.js';
import type { RowInput } from './expression.js';
import type { SchemaClaim } from './schema-claim.js';
import * as syntax from './syntax.js';

/** Immutable. */
export interface Relation {
  readonly query: QueryNode;
  /** The table or view that has just these rows and columns, read by its name; null: read through the query. */
  readonly path: readonly string[] | null;
  /** The table of the catalog that rows can be inserted into; null for the result of a query. */
  readonly target: readonly string[] | null;
  /** Names in order; null: not known before the query is planned. */
  readonly columns: readonly string[] | null;
  /** What is to be checked before it runs. */
  readonly claims: readonly SchemaClaim[];
}

/** A table or view of the catalog. */
export function namedRelation(path: readonly string[], columns: readonly string[] | null): Relation {
  const query = syntax.query(syntax.select([], syntax.tableNamed(path, 't')));
  return { query, path, target: path, columns, claims: [] };
}

/** The relation in a FROM, under an alias. */
export function fromRelation({ path, query }: Relation, alias: string): FromNode {
  return path === null ? syntax.derivedTable(query, alias) : syntax.tableNamed(path, alias);
}

/** A relation's row in a callback. */
export function inputOf({ columns }: Relation, alias: string): RowInput {
  return { alias, columns };
}

/** The columns of a schema out of a query that has them, which is checked before anything runs. */
export function claimedRelation(
  query: QueryNode,
  columns: readonly string[],
  claim: SchemaClaim,
  target: readonly string[] | null,
): Relation {
  const items = columns.map((name) => syntax.item(syntax.columnName('t', name), name));
  const typed = syntax.query(syntax.select(items, syntax.derivedTable(query, 't')));
  return { query: typed, path: null, target, columns, claims: [claim] };
}

/** What a query makes of relations. */
export function derivedRelation(
  query: QueryNode,
  columns: readonly string[] | null,
  of: readonly Relation[],
): Relation {
  return { query, path: null, target: null, columns, claims: of.flatMap(({ claims }) => claims) };
}
