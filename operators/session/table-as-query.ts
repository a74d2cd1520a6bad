/** CREATE TABLE … AS: the table that the columns of a query make, and the INSERT that fills it. */
import {
  type CatalogManager,
  type CreateTableStatement,
  type InsertStatement,
  PlanError,
  type QueryNode,
} from '../../core/index.js';
import { definedTable, nameParts, type QueryColumn } from './create-table.js';

/** CREATE TABLE with a query behind AS. */
export type TableAsQueryStatement = CreateTableStatement & { readonly query: QueryNode };

/** A table that was made and is still empty. */
export interface MadeTable {
  readonly insert: InsertStatement;
  /** Puts the catalog back as it was, for a job that failed. */
  undo(): void;
}

export function isTableAsQuery(statement: { readonly kind: string }): statement is TableAsQueryStatement {
  return statement.kind === 'create_table' && (statement as CreateTableStatement).query !== null;
}

/** Whether IF NOT EXISTS finds the table: then nothing is done. @throws {MillstreamError} where it cannot be made. */
export function isThere(statement: TableAsQueryStatement, catalogs: CatalogManager): boolean {
  const path = catalogs.qualify(nameParts(statement.name));
  if (statement.temporary) {
    throw new PlanError(
      'STATEMENT_UNSUPPORTED',
      'CREATE TEMPORARY TABLE … AS is not supported, as in Flink.',
      {
        hint: 'Leave TEMPORARY out: the catalog of a session ends with it.',
      },
    );
  }
  const existing = catalogs.relation(path);
  if (statement.replaceOnly && existing === null) throw catalogs.unknownRelation(path);
  return existing !== null && statement.ifNotExists;
}

/**
 * Makes the table in the catalog. Where it replaces another one, its INSERT replaces the rows that lie at its path.
 * @throws {MillstreamError} as CREATE TABLE
 */
export function makeTable(
  statement: TableAsQueryStatement,
  sql: string,
  catalogs: CatalogManager,
  columns: readonly QueryColumn[],
): MadeTable {
  const { query, name, span } = statement;
  const table = definedTable(statement, sql, catalogs, columns);
  const existing = catalogs.relation(table.path);
  catalogs.createRelation(table, { ...statement, temporary: false });
  const insert: InsertStatement = {
    kind: 'insert',
    span,
    overwrite: existing !== null,
    table: name,
    hints: [],
    partition: null,
    columns: columns.map((column) => ({ name: column.name, span: query.span })),
    query,
    onConflict: null,
  };
  const drop = () => catalogs.dropRelation(table.path, 'table', { temporary: false, ifExists: true });
  return { insert, undo: () => (existing === null ? drop() : catalogs.replaceRelation(existing)) };
}
