/** ALTER of views, functions, databases and catalogs; tables have their own file. */
import {
  type AlterCatalogStatement,
  type AlterDatabaseStatement,
  type AlterFunctionStatement,
  type AlterTableStatement,
  type AlterViewStatement,
  type CatalogManager,
  PlanError,
} from '../../core/index.js';
import { alterTable } from './alter-table.js';
import { nameParts } from './create-table.js';

export type AlterStatement =
  | AlterTableStatement
  | AlterViewStatement
  | AlterFunctionStatement
  | AlterDatabaseStatement
  | AlterCatalogStatement;

/** Changes the catalog as the statement says. @throws {MillstreamError} without a place: the caller adds it. */
export function alter(statement: AlterStatement, sql: string, catalogs: CatalogManager): void {
  switch (statement.kind) {
    case 'alter_table':
      alterTable(statement, sql, catalogs);
      return;
    case 'alter_view':
      alterView(statement, sql, catalogs);
      return;
    case 'alter_function':
      alterFunction(statement, catalogs);
      return;
    case 'alter_database':
    case 'alter_catalog': {
      const what = statement.kind === 'alter_database' ? 'Databases' : 'Catalogs';
      throw new PlanError('STATEMENT_UNSUPPORTED', `${what} have no properties that could be changed here.`, {
        hint: 'Properties of a table are changed by ALTER TABLE … SET.',
      });
    }
  }
}

function alterView({ name, action }: AlterViewStatement, sql: string, catalogs: CatalogManager): void {
  const path = catalogs.qualify(nameParts(name));
  const view = catalogs.relation(path);
  if (view === null || view.kind === 'table') throw catalogs.unknownRelation(path, 'view');
  if (action.kind === 'rename') {
    catalogs.renameRelation(view, nameParts(action.to));
    return;
  }
  catalogs.replaceRelation({
    ...view,
    text: sql.slice(action.query.span.start, action.query.span.end),
    query: action.query,
    columns: null,
    scope: { catalog: catalogs.currentCatalog, database: catalogs.currentDatabase },
  });
}

function alterFunction(statement: AlterFunctionStatement, catalogs: CatalogManager): void {
  if (statement.language !== 'PYTHON') {
    throw new PlanError(
      'STATEMENT_UNSUPPORTED',
      `Functions in ${statement.language ?? 'JAVA (the default language)'} are not supported.`,
      { hint: "Write LANGUAGE PYTHON, and AS 'module.name'." },
    );
  }
  const parts = nameParts(statement.name);
  const scope = statement.system ? 'temporary_system' : statement.temporary ? 'temporary' : 'catalog';
  if (!catalogs.dropFunction(parts, { scope, ifExists: statement.ifExists })) return;
  catalogs.createFunction(
    parts,
    { target: statement.path.value, language: 'PYTHON' },
    { scope, ifNotExists: false },
  );
}
