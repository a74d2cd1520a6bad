/** SHOW PARTITIONS: the folders of a table's partitions. */
import { resolve } from 'node:path';
import type { CatalogManager, ShowStatement } from '../../core/index.js';
import { nameParts } from './create-table.js';
import { foldersBelow, partitionedTable, valuesOf } from './partition-folders.js';
import type { Listing } from './show.js';

/**
 * One row a partition, `dt=2024-01-02/h=1`, in the order of their names; with PARTITION (…) those that have its values.
 * @throws {MillstreamError} for a table that is not there or not partitioned
 */
export function showPartitions(
  { name, partition, like }: ShowStatement,
  catalogs: CatalogManager,
  workingDirectory: string,
): Listing {
  const table = partitionedTable(catalogs, name === null ? [] : nameParts(name));
  const wanted = partition === null ? new Map<string, string>() : valuesOf(partition, table);
  const found = foldersBelow(resolve(workingDirectory, table.options.path ?? ''), table.partitionedBy);
  const rows = found
    .filter((parts) => parts.every(({ column, value }) => (wanted.get(column) ?? value) === value))
    .map((parts) => [parts.map(({ column, value }) => `${column}=${value}`).join('/')]);
  return { columns: ['partition name'], rows: like === null ? rows : [] };
}
