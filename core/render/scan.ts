/** Scans as FROM items: exchange inputs by their name, files through DuckDB's readers as Flink's formats read them. */
import { PlanError } from '../errors.js';
import type { LogicalPlan } from '../plan/logical-plan.js';
import { filesystemOptions } from './options.js';
import { renderCsvScan } from './scan-csv.js';
import { type FileScanSource, fileList } from './scan-files.js';
import { renderJsonScan } from './scan-json.js';
import { renderParquetScan } from './scan-parquet.js';

type Scan = Extract<LogicalPlan, { readonly kind: 'scan' }>;

/** What stands in a query for the files of a monitored folder; `withFiles` puts their names there. */
function newFiles(path: string): string {
  return `${path}/<files that have come>`;
}

/** The query that `renderScan` made for a monitored folder, over these of its files. */
export function withFiles(sql: string, path: string, files: readonly string[]): string {
  return sql.replaceAll(fileList([newFiles(path)]), () => fileList(files));
}

/** The files that a path of a filesystem table stands for: names or glob patterns that DuckDB reads. At least one. */
export type ResolveFiles = (path: string) => readonly string[];

/**
 * FROM text of a scan; its columns have the table's names and exactly the DuckDB types of the declared ones.
 * @throws {ConfigurationError} where the table's options cannot be honoured
 * @throws {PlanError} for a connector that DuckDB does not read
 */
export function renderScan(scan: Scan, resolveFiles: ResolveFiles): string {
  const { table } = scan;
  if (table.connector === 'exchange') return table.path[0]!;
  if (table.connector !== 'filesystem') {
    const name = table.path.join('.');
    throw new PlanError(
      'PLAN_CONNECTOR',
      `Table ${name}: the connector '${table.connector}' is not read by SQL stages.`,
    );
  }
  const options = filesystemOptions(table);
  const columns = scan.columns.map((column) => column.name);
  const files = options.isMonitored ? [newFiles(options.path)] : resolveFiles(options.path);
  const source: FileScanSource = { table, columns, files };
  switch (options.format) {
    case 'parquet':
      return renderParquetScan(source, options.isMonitored);
    case 'csv':
      return renderCsvScan(source, options.csv);
    case 'json':
      return renderJsonScan(source, options.json);
  }
}
