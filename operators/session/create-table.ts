/** What a CREATE TABLE statement defines: columns, keys, options. */
import {
  type CatalogManager,
  type ColumnDefinition,
  ConfigurationError,
  type CreateTableStatement,
  type ObjectName,
  PlanError,
  type PrimaryKeyDefinition,
  parseTypeText,
  rowtimeProblem,
  type Span,
  type TableColumn,
  type TableEntry,
  type WatermarkDefinition,
} from '../../core/index.js';
import { checkOptions } from './check-options.js';
import { likeTable } from './like-table.js';

/** A column of the query behind AS. */
export type QueryColumn = Pick<Extract<TableColumn, { kind: 'physical' }>, 'name' | 'type'>;

/**
 * The table of a statement; `queryColumns` are those of its query, null where it has none.
 * @throws {MillstreamError} for what contradicts itself, without a place.
 */
export function definedTable(
  statement: CreateTableStatement,
  sql: string,
  catalogs: CatalogManager,
  queryColumns: readonly QueryColumn[] | null,
): TableEntry {
  const written = writtenTable(statement, sql, catalogs);
  const liked = statement.like === null ? written : likeTable(written, statement.like, catalogs);
  const table = queryColumns === null ? liked : withQueryColumns(liked, statement, queryColumns);
  checkTable(table);
  checkOptions(table, statement, sql);
  return table;
}

/** @throws {MillstreamError} for columns, keys and times that a table cannot have. */
export function checkTable(table: TableEntry): void {
  const names = new Set<string>();
  for (const { name } of table.columns) {
    if (names.has(name)) throw new ConfigurationError('COLUMN_EXISTS', `Column '${name}' is declared twice.`);
    names.add(name);
  }
  if (table.options['connector'] === undefined) {
    throw new ConfigurationError('OPTION_MISSING', `Table ${table.path.name} says no connector.`, {
      hint: "Add WITH ('connector' = 'filesystem', 'path' = '…', 'format' = 'parquet'), or another connector.",
    });
  }
  const problem = table.watermark && rowtimeProblem(table.watermark.column, table.columns);
  if (problem !== null) {
    throw new PlanError('SQL_INVALID', problem, {
      hint: 'Declare the column as TIMESTAMP(3), or compute one: ts AS TO_TIMESTAMP(text).',
    });
  }
  checkNamed(table, 'PRIMARY KEY', table.primaryKey ?? []);
  checkNamed(table, 'PARTITIONED BY', table.partitionedBy);
}

function checkNamed(table: TableEntry, clause: string, names: readonly string[]): void {
  const physical = table.columns.filter((column) => column.kind === 'physical').map(({ name }) => name);
  const missing = names.find((name) => !physical.includes(name));
  if (missing !== undefined) {
    throw new PlanError(
      'SQL_INVALID',
      `${clause} names '${missing}', which is no physical column of the table.`,
      {
        hint: `Physical columns: ${physical.join(', ')}.`,
      },
    );
  }
  if (clause === 'PARTITIONED BY' && names.length > 0 && names.length === physical.length) {
    throw new PlanError('SQL_INVALID', `Every column of ${table.path.name} is a partition column.`, {
      hint: 'Partition columns are in the names of folders; at least one column must be in the files.',
    });
  }
}

function writtenTable(statement: CreateTableStatement, sql: string, catalogs: CatalogManager): TableEntry {
  return {
    kind: 'table',
    path: catalogs.qualify(nameParts(statement.name)),
    columns: statement.columns.map((column) => columnOf(column, sql)),
    watermark: watermarkOf(statement.watermark, sql),
    primaryKey: primaryKeyOf(statement.primaryKey),
    partitionedBy: statement.partitionedBy.map((column) => column.name),
    options: Object.fromEntries(statement.options.map((option) => [option.key.value, option.value.value])),
    comment: statement.comment?.value ?? null,
  };
}

/** The columns of a key. @throws {PlanError} for one that is to be enforced */
export function primaryKeyOf(key: PrimaryKeyDefinition | null): string[] | null {
  if (key?.enforced === true) {
    throw new PlanError('SQL_INVALID', 'A PRIMARY KEY is a promise that nobody checks.', {
      hint: 'Write NOT ENFORCED behind it, as Flink demands.',
    });
  }
  return key?.columns.map(({ name }) => name) ?? null;
}

/** Declared columns first, then those of the query; a declared one of the same name keeps its type. */
function withQueryColumns(
  table: TableEntry,
  { columnNames }: CreateTableStatement,
  queryColumns: readonly QueryColumn[],
): TableEntry {
  const declared = new Set(table.columns.map(({ name }) => name));
  const added = queryColumns
    .filter(({ name }) => !declared.has(name))
    .map(({ name, type }): TableColumn => ({ kind: 'physical', name, type, comment: null }));
  if (columnNames.length === 0) return { ...table, columns: [...table.columns, ...added] };
  const columns = columnNames.map(({ name }) => added.find((column) => column.name === name));
  if (columns.some((column) => column === undefined) || columns.length !== added.length) {
    throw new PlanError(
      'SQL_INVALID',
      `The columns named for ${table.path.name} are not those of its query.`,
      {
        hint: `The query gives: ${queryColumns.map(({ name }) => name).join(', ')}; name each of them once.`,
      },
    );
  }
  return { ...table, columns: columns as TableColumn[] };
}

/** A column as it is kept in the catalog. */
export function columnOf(column: ColumnDefinition, sql: string): TableColumn {
  const common = { name: column.name.name, comment: column.comment?.value ?? null };
  switch (column.kind) {
    case 'physical_column':
      return { ...common, kind: 'physical', type: parseTypeText(slice(sql, column.type.span)) };
    case 'computed_column': {
      const { expression } = column;
      return { ...common, kind: 'computed', expression, text: slice(sql, expression.span) };
    }
    case 'metadata_column':
      return {
        ...common,
        kind: 'metadata',
        type: parseTypeText(slice(sql, column.type.span)),
        key: column.key?.value ?? column.name.name,
        virtual: column.virtual,
      };
  }
}

/** A watermark as it is kept in the catalog. */
export function watermarkOf(watermark: WatermarkDefinition | null, sql: string): TableEntry['watermark'] {
  if (watermark === null) return null;
  const { column, expression } = watermark;
  return { column: nameParts(column).join('.'), text: slice(sql, expression.span), expression };
}

/** The parts of a dotted name as text. */
export function nameParts(name: ObjectName): string[] {
  return name.parts.map((part) => part.name);
}

function slice(sql: string, span: Span): string {
  return sql.slice(span.start, span.end);
}
