/** CREATE, DROP and ALTER: statements that change the catalog and start no job. */
import {
  type Catalog,
  type CatalogManager,
  type CreateCatalogStatement,
  type CreateFunctionStatement,
  type CreateViewStatement,
  type DropStatement,
  type FunctionScope,
  inlineTarget,
  locate,
  PlanError,
  type Statement,
} from '../../core/index.js';
import { type AlterStatement, alter } from './alter.js';
import { definedTable, nameParts } from './create-table.js';

/** Opens the catalog of CREATE CATALOG. */
export type CatalogOpener = (name: string, options: Readonly<Record<string, string>>) => Catalog;

type DdlStatement = Extract<
  Statement,
  {
    kind:
      | 'create_table'
      | 'create_view'
      | 'create_function'
      | 'create_catalog'
      | 'create_database'
      | 'drop'
      | 'use'
      | AlterStatement['kind'];
  }
>;

/** Changes `catalogs` as the statement says. @throws {SqlError} and its kin, without a place: the caller adds it. */
export function executeDdl(
  statement: DdlStatement,
  sql: string,
  catalogs: CatalogManager,
  openCatalog: CatalogOpener,
): void {
  switch (statement.kind) {
    case 'create_table':
      catalogs.createRelation(definedTable(statement, sql, catalogs, null), statement);
      return;
    case 'create_view':
      createView(statement, sql, catalogs);
      return;
    case 'create_function':
      createFunction(statement, sql, catalogs);
      return;
    case 'create_catalog':
      createCatalog(statement, catalogs, openCatalog);
      return;
    case 'create_database':
      catalogs.createDatabase(nameParts(statement.name), statement.ifNotExists);
      return;
    case 'drop':
      drop(statement, catalogs);
      return;
    case 'alter_table':
    case 'alter_view':
    case 'alter_function':
    case 'alter_database':
    case 'alter_catalog':
      alter(statement, sql, catalogs);
      return;
    case 'use':
      if (statement.object === 'CATALOG') catalogs.useCatalog(statement.name.name);
      else if (statement.object === 'DATABASE') catalogs.useDatabase(nameParts(statement.name));
      else
        throw new PlanError(
          'STATEMENT_UNSUPPORTED',
          'USE MODULES has no meaning here: there is the core module only.',
        );
      return;
  }
}

function createView(statement: CreateViewStatement, sql: string, catalogs: CatalogManager): void {
  catalogs.createRelation(
    {
      kind: 'view',
      path: catalogs.qualify(nameParts(statement.name)),
      text: slice(sql, statement.query.span),
      query: statement.query,
      columns: statement.columns.length === 0 ? null : statement.columns.map((column) => column.name),
      comment: statement.comment?.value ?? null,
      scope: { catalog: catalogs.currentCatalog, database: catalogs.currentDatabase },
    },
    statement,
  );
}

function createFunction(statement: CreateFunctionStatement, sql: string, catalogs: CatalogManager): void {
  if (statement.language !== 'PYTHON') {
    throw new PlanError(
      'STATEMENT_UNSUPPORTED',
      `Functions in ${statement.language ?? 'JAVA (the default language)'} are not supported.`,
      { hint: "Write LANGUAGE PYTHON, and AS 'module.name'." },
    );
  }
  catalogs.createFunction(
    nameParts(statement.name),
    {
      target: statement.form === 'inline' ? inlineTargetOf(statement, sql) : statement.path.value,
      language: 'PYTHON',
    },
    { scope: scopeOf(statement), ifNotExists: statement.ifNotExists, orReplace: statement.orReplace },
  );
}

function inlineTargetOf(
  statement: Extract<CreateFunctionStatement, { form: 'inline' }>,
  sql: string,
): string {
  const { parameters, returns, source } = statement;
  return inlineTarget({
    parameters: parameters.map(({ name, type }) => ({ name: name.name, type: slice(sql, type.span) })),
    returns: slice(sql, returns.span),
    source: source.value,
    line: locate(sql, source.span).line ?? 1,
  });
}

function createCatalog(
  statement: CreateCatalogStatement,
  catalogs: CatalogManager,
  openCatalog: CatalogOpener,
): void {
  const name = statement.name.name;
  if (statement.ifNotExists && catalogs.catalogs().includes(name)) return;
  const options = statement.options.map((option) => [option.key.value, option.value.value]);
  const catalog = openCatalog(name, Object.fromEntries(options));
  catalogs.createCatalog(catalog, statement.ifNotExists);
}

function drop(statement: DropStatement, catalogs: CatalogManager): void {
  const parts = nameParts(statement.name);
  switch (statement.object) {
    case 'TABLE':
    case 'VIEW':
      catalogs.dropRelation(
        catalogs.qualify(parts),
        statement.object === 'TABLE' ? 'table' : 'view',
        statement,
      );
      return;
    case 'FUNCTION':
      catalogs.dropFunction(parts, { scope: scopeOf(statement), ifExists: statement.ifExists });
      return;
    case 'CATALOG':
      catalogs.dropCatalog(parts[0]!, statement.ifExists);
      return;
    case 'DATABASE':
      catalogs.dropDatabase(parts, {
        ifExists: statement.ifExists,
        cascade: statement.behavior === 'CASCADE',
      });
      return;
  }
}

function scopeOf(statement: { readonly system: boolean; readonly temporary: boolean }): FunctionScope {
  if (statement.system) return 'temporary_system';
  return statement.temporary ? 'temporary' : 'catalog';
}

function slice(sql: string, span: { readonly start: number; readonly end: number }): string {
  return sql.slice(span.start, span.end);
}
