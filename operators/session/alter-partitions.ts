/** ALTER TABLE … ADD and DROP PARTITION: folders are made, and removed with the files in them. */
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type AlterTableAction,
  type AlterTableStatement,
  type CatalogManager,
  encodedPartition,
  PlanError,
  type Statement,
  type TableEntry,
} from '../../core/index.js';
import { nameParts } from './create-table.js';
import { partitionedTable, valuesOf } from './partition-folders.js';

type PartitionAction = Extract<AlterTableAction, { kind: 'add_partitions' | 'drop_partitions' }>;

/** ALTER TABLE that changes folders, not the catalog. */
export type AlterPartitionsStatement = AlterTableStatement & { readonly action: PartitionAction };

export function changesPartitions(statement: Statement): statement is AlterPartitionsStatement {
  if (statement.kind !== 'alter_table') return false;
  return statement.action.kind === 'add_partitions' || statement.action.kind === 'drop_partitions';
}

/**
 * Makes or removes the folders of partitions. All of them are checked before the first is touched.
 * @param planOnly nothing is touched
 * @throws {MillstreamError} without a place, where a partition is there already, or is not there
 */
export function alterPartitions(
  { name, ifExists, action }: AlterPartitionsStatement,
  catalogs: CatalogManager,
  { workingDirectory, planOnly }: { readonly workingDirectory: string; readonly planOnly: boolean },
): void {
  const parts = nameParts(name);
  if (ifExists && catalogs.relation(catalogs.qualify(parts)) === null) return;
  const table = partitionedTable(catalogs, parts);
  const adds = action.kind === 'add_partitions';
  const changed = action.partitions.flatMap((spec) => {
    if (spec.options.length > 0) {
      throw new PlanError('STATEMENT_UNSUPPORTED', 'A partition is a folder: it has no options.', {
        hint: 'Leave WITH (…) out.',
      });
    }
    const partition = folderOf(valuesOf(spec, table), table);
    const folder = resolve(workingDirectory, table.options.path ?? '', partition);
    const isThere = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
    if (isThere !== adds) return [folder];
    if (action.conditional) return [];
    throw adds
      ? new PlanError('SQL_EXISTS', `Table ${table.path.name} has the partition ${partition} already.`, {
          hint: 'ADD IF NOT EXISTS leaves it as it is.',
        })
      : new PlanError('SQL_INVALID', `Table ${table.path.name} has no partition ${partition}.`, {
          hint: `SHOW PARTITIONS ${table.path.name} lists them; DROP IF EXISTS takes what is there.`,
        });
  });
  if (planOnly) return;
  for (const folder of changed) {
    if (adds) mkdirSync(folder, { recursive: true });
    else rmSync(folder, { recursive: true, force: true });
  }
}

function folderOf(values: ReadonlyMap<string, string>, { path, partitionedBy }: TableEntry): string {
  const missing = partitionedBy.filter((column) => !values.has(column));
  if (missing.length > 0) {
    throw new PlanError('SQL_INVALID', `PARTITION does not say the value of ${missing.join(', ')}.`, {
      hint: `A partition of ${path.name} has values of ${partitionedBy.join(', ')}.`,
    });
  }
  return join(...partitionedBy.map((column) => encodedPartition(column, values.get(column)!)));
}
