/** SHOW PARTITIONS: the folders of a table's partitions. */
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type CatalogManager,
  nearNames,
  type PartitionSpec,
  PlanError,
  type ShowStatement,
  type TableEntry,
} from '../../core/index.js';
import { nameParts } from './create-table.js';
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

function partitionedTable(catalogs: CatalogManager, parts: readonly string[]): TableEntry {
  const path = catalogs.qualify(parts);
  const table = catalogs.relation(path);
  if (table === null || table.kind === 'view') throw catalogs.unknownRelation(path);
  if (table.partitionedBy.length > 0) return table;
  throw new PlanError('SQL_INVALID', `Table ${path.name} is not partitioned.`, {
    hint: 'Tables with PARTITIONED BY have partitions.',
  });
}

/** The folder of rows without a value. */
const DEFAULT = '__HIVE_DEFAULT_PARTITION__';

interface FolderPart {
  readonly column: string;
  readonly value: string;
}

function foldersBelow(folder: string, columns: readonly string[]): FolderPart[][] {
  const [column, ...rest] = columns;
  if (column === undefined) return [[]];
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && decoded(entry.name).startsWith(`${column}=`))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const part = { column, value: decoded(entry.name).slice(column.length + 1) };
      return foldersBelow(join(folder, entry.name), rest).map((below) => [part, ...below]);
    });
}

/** Names of folders are percent-encoded; one that is not well so is taken as it is. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function valuesOf({ items }: PartitionSpec, table: TableEntry): Map<string, string> {
  const values = new Map<string, string>();
  for (const { column, value } of items) {
    if (!table.partitionedBy.includes(column.name)) {
      const near = nearNames(column.name, table.partitionedBy);
      throw new PlanError('SQL_INVALID', `'${column.name}' is no partition column of ${table.path.name}.`, {
        hint:
          near.length > 0
            ? `Did you mean ${near.join(' or ')}?`
            : `They are: ${table.partitionedBy.join(', ')}.`,
      });
    }
    if (value.kind === 'literal')
      values.set(column.name, value.type === 'null' ? DEFAULT : String(value.value));
  }
  return values;
}
