/** From SQL text over given tables to bound plans: the way that the session takes. */
import {
  bindStatement,
  CatalogManager,
  ColumnIds,
  type LogicalPlan,
  parseScript,
  parseTypeText,
  type QueryStatement,
} from '../../../core/index.js';

/** Columns of a table by name, as SQL type text. */
export type TestColumns = Readonly<Record<string, string>>;

/**
 * The plan of a query over tables that are inputs of its stage, each read as the relation of its name.
 * @throws {SqlError} where the query is wrong
 */
export function bindQuery(sql: string, tables: Readonly<Record<string, TestColumns>> = {}): LogicalPlan {
  const catalog = new CatalogManager();
  for (const [name, columns] of Object.entries(tables)) {
    const entry = {
      kind: 'table',
      path: catalog.qualify([name]),
      columns: Object.entries(columns).map(([column, type]) => ({
        kind: 'physical' as const,
        name: column,
        type: parseTypeText(type),
        comment: null,
      })),
      watermark: null,
      primaryKey: null,
      partitionedBy: [],
      comment: null,
      options: { connector: 'exchange' },
    } as const;
    catalog.createRelation(entry, { temporary: true, ifNotExists: false });
  }
  const [statement] = parseScript(sql);
  const environment = { catalog, functions: { declaration: () => null }, ids: new ColumnIds(), sql };
  const { root } = bindStatement(environment, statement as QueryStatement)[0]!;
  return withShortPaths(root);
}

/** Scans name their relation by the last part of the table's path. */
function withShortPaths<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withShortPaths) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    key === 'path' && Array.isArray(item) ? item.slice(-1) : withShortPaths(item),
  ]);
  return Object.fromEntries(entries) as T;
}
