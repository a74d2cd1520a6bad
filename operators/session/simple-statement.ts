/** Statements that start no job: they change or list the catalog and the configuration. */
import {
  type CatalogManager,
  type Configuration,
  type PlanColumn,
  PlanError,
  type Statement,
} from '../../core/index.js';
import { alterPartitions, changesPartitions } from './alter-partitions.js';
import { type CatalogOpener, executeDdl } from './ddl.js';
import { listingResult } from './listing-result.js';
import type { StatementResult } from './session-types.js';
import { describeStatement, show } from './show.js';
import { showPartitions } from './show-partitions.js';

export type SimpleStatement = Exclude<
  Statement,
  { readonly kind: 'query_statement' | 'insert' | 'statement_set' | 'explain' }
>;

/** What such statements read and change. */
export interface SimpleStatementContext {
  readonly catalog: CatalogManager;
  readonly configuration: Configuration;
  /** Paths of tables are relative to it. */
  readonly workingDirectory: string;
  readonly openCatalog: CatalogOpener;
  /** Statements are only explained: files stay as they are. */
  readonly planOnly: boolean;
  /** Columns of the relation that DESCRIBE or SHOW COLUMNS names, where they were bound. */
  readonly bound: readonly PlanColumn[] | null;
}

/** @throws {MillstreamError} without a place: the caller adds it. */
export function executeSimple(
  statement: SimpleStatement,
  sql: string,
  { catalog, configuration, workingDirectory, openCatalog, planOnly, bound }: SimpleStatementContext,
): StatementResult {
  const text = sql.slice(statement.span.start, statement.span.end);
  const ok: StatementResult = { kind: 'ok', statement: text, message: null };
  if (changesPartitions(statement)) {
    alterPartitions(statement, catalog, { workingDirectory, planOnly });
    return ok;
  }
  switch (statement.kind) {
    case 'create_table':
    case 'create_view':
    case 'create_function':
    case 'create_catalog':
    case 'create_database':
    case 'drop':
    case 'use':
    case 'alter_table':
    case 'alter_view':
    case 'alter_function':
    case 'alter_database':
    case 'alter_catalog':
      executeDdl(statement, sql, catalog, openCatalog);
      return ok;
    case 'show':
      if (statement.object === 'PARTITIONS') {
        return listingResult(showPartitions(statement, catalog, workingDirectory));
      }
      return listingResult(show(statement, catalog, bound));
    case 'describe':
      return listingResult(describeStatement(statement, catalog, bound));
    case 'set':
      if (statement.key === null) {
        return listingResult({ columns: ['key', 'value'], rows: configuration.entries() });
      }
      configuration.set(statement.key.value, statement.value?.value ?? '', 'SET');
      return ok;
    case 'reset':
      configuration.reset(statement.key?.value ?? null);
      return ok;
    case 'jar':
      throw new PlanError(
        'STATEMENT_UNSUPPORTED',
        `${statement.action} JAR has no meaning here: there is no JVM.`,
        {
          hint: "Functions are Python: SET 'python.files' = '…' adds their files.",
        },
      );
  }
}
