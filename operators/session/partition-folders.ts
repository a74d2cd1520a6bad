/** Partitions as folders: which there are, and what PARTITION (…) calls them. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CatalogManager,
  nearNames,
  type PartitionSpec,
  PlanError,
  type TableEntry,
} from '../../core/index.js';
import { DEFAULT_PARTITION, decoded } from '../connectors/filesystem/partition-names.js';

/** The table of a statement about partitions. @throws {MillstreamError} where it is not there or not partitioned */
export function partitionedTable(catalogs: CatalogManager, parts: readonly string[]): TableEntry {
  const path = catalogs.qualify(parts);
  const table = catalogs.relation(path);
  if (table === null || table.kind === 'view') throw catalogs.unknownRelation(path);
  if (table.partitionedBy.length > 0) return table;
  throw new PlanError('SQL_INVALID', `Table ${path.name} is not partitioned.`, {
    hint: 'Tables with PARTITIONED BY have partitions.',
  });
}

/** One level of a partition's folder, `dt=2024-01-02`. */
export interface FolderPart {
  readonly column: string;
  readonly value: string;
}

/** The partitions that have folders below `folder`, in the order of their names. */
export function foldersBelow(folder: string, columns: readonly string[]): FolderPart[][] {
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

/** The values that PARTITION (…) gives to columns, as folders name them. @throws {PlanError} for a column that is none of the partition's */
export function valuesOf({ items }: PartitionSpec, table: TableEntry): Map<string, string> {
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
      values.set(column.name, value.type === 'null' ? DEFAULT_PARTITION : String(value.value));
  }
  return values;
}
