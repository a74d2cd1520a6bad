/** Binds SQL over one table of a test: the way from text to plans that the session takes. */
import {
  bindStatement,
  CatalogManager,
  type Column,
  type LogicalPlan,
  parseScript,
  type QueryStatement,
} from '../../../core/index.js';
import { ColumnIds } from '../../../core/plan/column-ids.js';

/** Tables by name: their columns and connector options. */
export type TestTables = Readonly<
  Record<string, { readonly columns: readonly Column[]; readonly options: Readonly<Record<string, string>> }>
>;

/** The plan of a query without Python functions. @throws {SqlError} where it is wrong. */
export function bindQuery(sql: string, tables: TestTables = {}): LogicalPlan {
  const catalog = new CatalogManager();
  for (const [name, { columns, options }] of Object.entries(tables)) {
    catalog.createRelation(
      {
        kind: 'table',
        path: catalog.resolvePath([name]),
        temporary: true,
        columns: columns.map((column) => ({ kind: 'physical', comment: null, ...column })),
        watermark: null,
        primaryKey: [],
        partitionedBy: [],
        comment: null,
        options,
      },
      { ifNotExists: false },
    );
  }
  const [statement] = parseScript(sql);
  const environment = { catalog, functions: { declaration: () => null }, ids: new ColumnIds(), sql };
  return bindStatement(environment, statement as QueryStatement)[0]!.root;
}
