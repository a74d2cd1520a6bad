/** Columns of tables and views as a query would see them: types of computed ones come from the binder. */
import {
  bindRelation,
  type CatalogManager,
  ColumnIds,
  type Configuration,
  collectFunctionNames,
  type ObjectName,
  type PlanColumn,
} from '../../core/index.js';
import { nameParts } from './create-table.js';
import type { EngineHost } from './engine-host.js';
import { loadFunctions } from './load-functions.js';
import { withAnalyses } from './with-analyses.js';

interface DescribingParts {
  readonly catalog: CatalogManager;
  readonly configuration: Configuration;
  readonly host: EngineHost;
}

/**
 * Null where the catalog knows them all.
 * @throws {SqlError} where the table, or what its columns are computed from, is not there
 */
export async function describedColumns(
  name: ObjectName,
  sql: string,
  { catalog, configuration, host }: DescribingParts,
): Promise<readonly PlanColumn[] | null> {
  const entry = catalog.relation(catalog.qualify(nameParts(name)));
  const has = (kind: string) =>
    entry?.kind === 'table' && entry.columns.some((column) => column.kind === kind);
  if (entry?.kind === 'table' && (!has('computed') || has('metadata'))) return null;
  const entries = collectFunctionNames({ catalog }, { kind: 'table', name });
  const { functions, analyze } = await loadFunctions(entries, { host, configuration });
  return withAnalyses(() => bindRelation({ catalog, functions, ids: new ColumnIds(), sql }, name), analyze);
}
