/** SHOW and DESCRIBE: what is there, as rows of text. */
import {
  backticked,
  builtinNames,
  type CatalogManager,
  type DataType,
  type DescribeStatement,
  type FunctionEntry,
  InternalError,
  maskedText,
  nearNames,
  type PlanColumn,
  PlanError,
  type RelationEntry,
  type ShowStatement,
  shownTarget,
  type TableEntry,
  typeToText,
} from '../../core/index.js';
import { nameParts } from './create-table.js';

/** Rows of text under column names; null is NULL. */
export interface Listing {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/**
 * @param bound the columns of the relation of SHOW COLUMNS, as a query sees them; null: they are of the catalog alone
 * @throws {SqlError} for a name that is not there; the caller adds the place.
 */
export function show(
  statement: ShowStatement,
  catalogs: CatalogManager,
  bound: readonly PlanColumn[] | null,
): Listing {
  const listing = listed(statement, catalogs, bound);
  const { like } = statement;
  if (like === null) return listing;
  const pattern = likePattern(like.pattern.value, like.ignoreCase);
  return { ...listing, rows: listing.rows.filter((row) => pattern.test(row[0] ?? '') !== like.negated) };
}

function listed(
  statement: ShowStatement,
  catalogs: CatalogManager,
  bound: readonly PlanColumn[] | null,
): Listing {
  const parts = statement.name === null ? [] : nameParts(statement.name);
  switch (statement.object) {
    case 'CATALOGS':
      return names('catalog name', catalogs.catalogs());
    case 'CURRENT CATALOG':
      return names('current catalog name', [catalogs.currentCatalog]);
    case 'DATABASES':
      return names('database name', catalogs.databases(parts[0]));
    case 'CURRENT DATABASE':
      return names('current database name', [catalogs.currentDatabase]);
    case 'TABLES':
      return names('table name', relationNames(parts, catalogs));
    case 'VIEWS':
      return names('view name', relationNames(parts, catalogs, 'view'));
    case 'FUNCTIONS':
      return names('function name', [...new Set([...userFunctions(catalogs), ...builtinNames()])].sort());
    case 'USER FUNCTIONS':
      return names('function name', userFunctions(catalogs));
    case 'MODULES':
      return names('module name', ['core']);
    case 'FULL MODULES':
      return { columns: ['module name', 'used'], rows: [['core', 'TRUE']] };
    case 'COLUMNS':
      return describe(found(parts, catalogs), bound);
    case 'CREATE CATALOG':
      return { columns: ['result'], rows: [[catalogText(parts[0]!, catalogs.catalogOptions(parts[0]!))]] };
    case 'CREATE TABLE':
    case 'CREATE VIEW':
      return { columns: ['result'], rows: [[createText(found(parts, catalogs), catalogs)]] };
    case 'JARS':
      return { columns: ['jars'], rows: [] };
    case 'PARTITIONS':
      throw new InternalError('INTERNAL', 'SHOW PARTITIONS reads folders.');
  }
}

/** DESCRIBE of a table or view, with Flink's columns. @throws as `show` */
export function describeStatement(
  statement: DescribeStatement,
  catalogs: CatalogManager,
  bound: readonly PlanColumn[] | null,
): Listing {
  const parts = nameParts(statement.name);
  switch (statement.object) {
    case 'TABLE':
      return describe(found(parts, catalogs), bound);
    case 'CATALOG': {
      const { type, ...options } = catalogs.catalogOptions(parts[0]!);
      const rows = [
        ['name', parts[0]!],
        ['type', type!],
        ...(statement.extended ? Object.entries(options) : []).map(([key, value]) => [
          `option:${key}`,
          value,
        ]),
      ];
      return { columns: ['info name', 'info value'], rows };
    }
    case 'DATABASE':
      return { columns: ['info name', 'info value'], rows: [['name', parts.join('.')]] };
    case 'FUNCTION': {
      const entry = describedFunction(statement, catalogs);
      const rows = [
        ['name', entry.name],
        ['target', shownTarget(entry.target)],
        ['language', entry.language],
      ];
      return { columns: ['info name', 'info value'], rows };
    }
  }
}

/** The entry of DESCRIBE FUNCTION. @throws {PlanError} FUNCTION_NOT_FOUND */
export function describedFunction(statement: DescribeStatement, catalogs: CatalogManager): FunctionEntry {
  const parts = nameParts(statement.name);
  const entry =
    (parts.length === 1 ? catalogs.systemFunction(parts[0]!) : null) ?? catalogs.catalogFunction(parts);
  if (entry !== null) return entry;
  const near = nearNames(parts.at(-1)!, userFunctions(catalogs));
  throw new PlanError('FUNCTION_NOT_FOUND', `There is no function ${parts.join('.')}.`, {
    hint:
      near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'SHOW USER FUNCTIONS lists those there are.',
  });
}

function found(parts: readonly string[], catalogs: CatalogManager): RelationEntry {
  const path = catalogs.qualify(parts);
  const entry = catalogs.relation(path);
  if (entry === null) throw catalogs.unknownRelation(path);
  return entry;
}

function relationNames(
  database: readonly string[],
  catalogs: CatalogManager,
  kind: 'view' | null = null,
): string[] {
  catalogs.requireDatabase(database.at(-2), database.at(-1));
  return catalogs
    .relations(database.at(-2), database.at(-1))
    .filter((entry) => kind === null || entry.kind === kind)
    .map((entry) => entry.path.name);
}

function userFunctions(catalogs: CatalogManager): string[] {
  return catalogs.functions().map((entry) => entry.name);
}

const COLUMN_FACTS = ['name', 'type', 'null', 'key', 'extras', 'watermark'];

/** Comments are a column of the listing where there are any. */
function describe(entry: RelationEntry, bound: readonly PlanColumn[] | null): Listing {
  if (entry.kind === 'view') {
    const rows = (bound ?? []).map(({ name, type }) => [name, ...typeFacts(type), null, null, null]);
    return { columns: COLUMN_FACTS, rows };
  }
  const commented = entry.columns.some((column) => column.comment !== null);
  return {
    columns: commented ? [...COLUMN_FACTS, 'comment'] : COLUMN_FACTS,
    rows: entry.columns.map((column) => [
      column.name,
      ...columnFacts(column, entry, bound),
      ...(commented ? [column.comment] : []),
    ]),
  };
}

function columnFacts(
  column: TableEntry['columns'][number],
  table: TableEntry,
  bound: readonly PlanColumn[] | null,
): (string | null)[] {
  const key = table.primaryKey?.includes(column.name) === true ? `PRI(${table.primaryKey.join(', ')})` : null;
  const mark = table.watermark?.column === column.name ? table.watermark.text : null;
  if (column.kind === 'computed') {
    const type = bound?.find(({ name }) => name === column.name)?.type;
    return [...(type === undefined ? [null, null] : typeFacts(type)), key, `AS ${column.text}`, mark];
  }
  const extras =
    column.kind === 'metadata' ? `METADATA FROM '${column.key}'${column.virtual ? ' VIRTUAL' : ''}` : null;
  return [...typeFacts(column.type), key, extras, mark];
}

function typeFacts(type: DataType): [string, string] {
  return [typeToText({ ...type, nullable: true }), type.nullable ? 'TRUE' : 'FALSE'];
}

function catalogText(name: string, options: Readonly<Record<string, string>>): string {
  return `CREATE CATALOG ${backticked(name)} WITH (\n  ${optionTexts(options).join(',\n  ')}\n)`;
}

function optionTexts(options: Readonly<Record<string, string>>): string[] {
  return Object.entries(options).map(
    ([key, value]) => `'${key}' = '${maskedText(key, value).replaceAll("'", "''")}'`,
  );
}

/** The statement that would make it. */
function createText(relation: RelationEntry, catalogs: CatalogManager): string {
  const { path } = relation;
  const create = catalogs.isTemporary(path) ? 'CREATE TEMPORARY' : 'CREATE';
  const name = [path.catalog, path.database, path.name].map(backticked).join('.');
  const comment = commentText(relation.comment, '\n');
  if (relation.kind === 'view') {
    const list = relation.columns === null ? '' : ` (${relation.columns.map(backticked).join(', ')})`;
    return `${create} VIEW ${name}${list}${comment} AS\n${relation.text}`;
  }
  const columns = relation.columns.map((column) => columnText(column) + commentText(column.comment, ' '));
  if (relation.watermark !== null) {
    columns.push(`WATERMARK FOR ${backticked(relation.watermark.column)} AS ${relation.watermark.text}`);
  }
  if (relation.primaryKey !== null) {
    columns.push(`PRIMARY KEY (${relation.primaryKey.map(backticked).join(', ')}) NOT ENFORCED`);
  }
  const partitions =
    relation.partitionedBy.length === 0
      ? ''
      : `\nPARTITIONED BY (${relation.partitionedBy.map(backticked).join(', ')})`;
  const options = optionTexts(relation.options);
  return `${create} TABLE ${name} (\n  ${columns.join(',\n  ')}\n)${comment}${partitions} WITH (\n  ${options.join(',\n  ')}\n)`;
}

function columnText(column: TableEntry['columns'][number]): string {
  if (column.kind === 'computed') return `${backticked(column.name)} AS ${column.text}`;
  const metadata =
    column.kind === 'metadata' ? ` METADATA FROM '${column.key}'${column.virtual ? ' VIRTUAL' : ''}` : '';
  return `${backticked(column.name)} ${typeToText(column.type)}${metadata}`;
}

function commentText(comment: string | null, before: string): string {
  return comment === null ? '' : `${before}COMMENT '${comment.replaceAll("'", "''")}'`;
}

function names(column: string, values: readonly string[]): Listing {
  return { columns: [column], rows: values.map((value) => [value]) };
}

function likePattern(pattern: string, ignoreCase: boolean): RegExp {
  const source = pattern
    .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(`^${source}$`, ignoreCase ? 'is' : 's');
}
