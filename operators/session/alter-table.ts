/** ALTER TABLE: the entry that a table becomes. */
import {
  type AlterTableAction,
  type AlterTableStatement,
  type CatalogManager,
  InternalError,
  nearNames,
  type PlacedColumn,
  PlanError,
  type TableColumn,
  type TableEntry,
} from '../../core/index.js';
import { checkTable, columnOf, nameParts, primaryKeyOf, watermarkOf } from './create-table.js';

/** Changes the table as the statement says. Files are left as they are. @throws {MillstreamError} without a place. */
export function alterTable(statement: AlterTableStatement, sql: string, catalogs: CatalogManager): void {
  const path = catalogs.qualify(nameParts(statement.name));
  const table = catalogs.relation(path);
  if (table === null || table.kind === 'view') {
    if (statement.ifExists && table === null) return;
    throw catalogs.unknownRelation(path);
  }
  const { action } = statement;
  if (action.kind === 'rename') {
    catalogs.renameRelation(table, nameParts(action.to));
    return;
  }
  const altered = alteredTable(table, action, sql);
  checkTable(altered);
  catalogs.replaceRelation(altered);
}

function alteredTable(
  table: TableEntry,
  action: Exclude<AlterTableAction, { kind: 'rename' }>,
  sql: string,
): TableEntry {
  switch (action.kind) {
    case 'rename_column':
      return renamedColumn(table, onlyName(action.column), action.to.name);
    case 'set_options': {
      const set = action.options.map(({ key, value }) => [key.value, value.value]);
      return { ...table, options: { ...table.options, ...Object.fromEntries(set) } };
    }
    case 'reset_options': {
      const keys = new Set(action.keys.map(({ value }) => value));
      if (keys.has('connector'))
        throw invalid('The connector of a table cannot be reset.', 'Create another table.');
      const kept = Object.entries(table.options).filter(([key]) => !keys.has(key));
      return { ...table, options: Object.fromEntries(kept) };
    }
    case 'add':
    case 'modify':
      return changedSchema(table, action, sql);
    case 'drop_columns':
      return action.columns.reduce((left, name) => withoutColumn(left, onlyName(name)), table);
    case 'drop_primary_key':
    case 'drop_constraint':
      if (table.primaryKey === null) throw invalid(`Table ${table.path.name} has no primary key.`, null);
      return { ...table, primaryKey: null };
    case 'drop_watermark':
      if (table.watermark === null) throw invalid(`Table ${table.path.name} has no watermark.`, null);
      return { ...table, watermark: null };
    case 'add_partitions':
    case 'drop_partitions':
      throw new InternalError('INTERNAL', 'Partitions are folders: they are not of the catalog.');
  }
}

function changedSchema(
  table: TableEntry,
  { kind, columns, watermark, primaryKey }: Extract<AlterTableAction, { kind: 'add' | 'modify' }>,
  sql: string,
): TableEntry {
  const adds = kind === 'add';
  if (watermark !== null)
    checkThere(table.watermark !== null, adds, `Table ${table.path.name}`, 'a watermark');
  if (primaryKey !== null)
    checkThere(table.primaryKey !== null, adds, `Table ${table.path.name}`, 'a primary key');
  const placed = columns.reduce<readonly TableColumn[]>((list, column) => {
    const made = columnOf(column.column, sql);
    const at = list.findIndex(({ name }) => name === made.name);
    checkThere(at >= 0, adds, `Table ${table.path.name}`, `a column '${made.name}'`);
    return at >= 0 && !column.first && column.after === null
      ? list.with(at, made)
      : placedIn(
          list.filter(({ name }) => name !== made.name),
          made,
          column,
          table,
        );
  }, table.columns);
  return {
    ...table,
    columns: placed,
    watermark: watermark === null ? table.watermark : watermarkOf(watermark, sql),
    primaryKey: primaryKeyOf(primaryKey) ?? table.primaryKey,
  };
}

function checkThere(there: boolean, adds: boolean, owner: string, what: string): void {
  if (there && adds) throw invalid(`${owner} has ${what} already.`, 'ALTER TABLE … MODIFY changes it.');
  if (!there && !adds) throw invalid(`${owner} does not have ${what}.`, 'ALTER TABLE … ADD adds it.');
}

function placedIn(
  list: readonly TableColumn[],
  made: TableColumn,
  { first, after }: PlacedColumn,
  table: TableEntry,
): readonly TableColumn[] {
  if (first) return [made, ...list];
  if (after === null) return [...list, made];
  const at = list.findIndex(({ name }) => name === onlyName(after));
  if (at < 0) throw unknownColumn(table, onlyName(after));
  return [...list.slice(0, at + 1), made, ...list.slice(at + 1)];
}

function renamedColumn(table: TableEntry, from: string, to: string): TableEntry {
  if (!table.columns.some(({ name }) => name === from)) throw unknownColumn(table, from);
  refuseUses(table, from, 'renamed');
  const renamed = (name: string) => (name === from ? to : name);
  return {
    ...table,
    columns: table.columns.map((column) => ({ ...column, name: renamed(column.name) })),
    primaryKey: table.primaryKey?.map(renamed) ?? null,
  };
}

function withoutColumn(table: TableEntry, name: string): TableEntry {
  if (!table.columns.some((column) => column.name === name)) throw unknownColumn(table, name);
  refuseUses(table, name, 'dropped');
  if (table.primaryKey?.includes(name) === true) {
    throw invalid(
      `Column '${name}' is part of the primary key.`,
      'ALTER TABLE … DROP PRIMARY KEY comes first.',
    );
  }
  return { ...table, columns: table.columns.filter((column) => column.name !== name) };
}

/** Partition columns are in the names of folders; computed columns and the watermark read columns by name. */
function refuseUses(table: TableEntry, name: string, what: string): void {
  if (table.partitionedBy.includes(name)) {
    throw invalid(`Column '${name}' is a partition column and cannot be ${what}.`, 'Create another table.');
  }
  const reader =
    table.watermark !== null &&
    (table.watermark.column === name || mentions(table.watermark.expression, name))
      ? 'the watermark'
      : table.columns.find((column) => column.kind === 'computed' && mentions(column.expression, name));
  if (reader === undefined) return;
  const text = typeof reader === 'string' ? reader : `the computed column '${reader.name}'`;
  throw invalid(`Column '${name}' cannot be ${what}: ${text} reads it.`, `Drop ${text} first.`);
}

/** Whether an expression names a column anywhere. */
function mentions(syntax: unknown, name: string): boolean {
  if (typeof syntax !== 'object' || syntax === null) return false;
  if ('kind' in syntax && syntax.kind === 'name' && 'parts' in syntax) {
    return (syntax.parts as readonly { readonly name: string }[])[0]?.name === name;
  }
  return Object.values(syntax).some((inner) => mentions(inner, name));
}

function onlyName(name: { readonly parts: readonly { readonly name: string }[] }): string {
  if (name.parts.length === 1) return name.parts[0]!.name;
  const text = name.parts.map((part) => part.name).join('.');
  throw new PlanError(
    'STATEMENT_UNSUPPORTED',
    `${text} is a field of a column; ALTER TABLE changes whole columns.`,
    {
      hint: 'MODIFY the column to the ROW type that you want.',
    },
  );
}

function unknownColumn(table: TableEntry, name: string): PlanError {
  const names = table.columns.map((column) => column.name);
  const near = nearNames(name, names);
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `Columns: ${names.join(', ')}.`;
  return invalid(`Table ${table.path.name} has no column '${name}'.`, hint);
}

function invalid(message: string, hint: string | null): PlanError {
  return new PlanError('SQL_INVALID', message, { hint });
}
