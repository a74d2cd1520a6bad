/** Options that no table could have are told at their place, where the table is made. */
import {
  ConfigurationError,
  type CreateTableStatement,
  filesystemOptions,
  locate,
  nearNames,
  type ScanTable,
  type TableEntry,
  tableFields,
} from '../../core/index.js';
import { CONNECTORS } from '../connectors/connectors.js';
import { isOfRecords } from '../connectors/filesystem/record-table.js';
import { datagenPlan, ofTable } from '../sources/datagen.js';
import { nexmarkRows } from '../sources/nexmark/nexmark-source.js';

/**
 * What is missing may still come by LIKE or a hint, and a type that has no values may never be read.
 * @throws {ConfigurationError} with line and column
 */
export function checkOptions(table: TableEntry, statement: CreateTableStatement, sql: string): void {
  try {
    const connector = table.options['connector'] ?? '';
    CHECKS.get(connector)?.(table);
    const general = CONNECTORS.get(connector)?.traits;
    const traits = general?.of?.(declared(table)) ?? general;
    traits?.check?.(declared(table), traits.source === null ? 'write' : 'read');
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    if (error.code === 'OPTION_VALUE' || error.code === 'OPTION_UNKNOWN')
      throw atOption(error, statement, sql);
    if (error.code !== 'OPTION_MISSING' && error.code !== 'OPTION_UNSUPPORTED') throw error;
  }
}

const CHECKS: ReadonlyMap<string, (table: TableEntry) => void> = new Map([
  ['filesystem', checkFiles],
  ['datagen', checkDatagen],
  ['nexmark', checkNexmark],
  ['print', (table) => checkNames(table, ['print-identifier', 'sink.parallelism'])],
  ['blackhole', (table) => checkNames(table, ['sink.parallelism'])],
]);

function checkFiles(table: TableEntry): void {
  if (!isOfRecords(table.options)) filesystemOptions(declared(table));
}

/** The table as plans have it, whose columns may be read. */
function declared({ path, columns, options, primaryKey, partitionedBy }: TableEntry): ScanTable {
  return {
    path: [path.catalog, path.database, path.name],
    connector: options['connector'] ?? '',
    options,
    columns: tableFields(columns, 'read'),
    primaryKey: primaryKey ?? [],
    partitionedBy,
  };
}

function checkDatagen({ path, columns, options }: TableEntry): void {
  const physical = columns.flatMap((column) => (column.kind === 'physical' ? [column] : []));
  const zero = () => 0;
  ofTable(path.name, () => datagenPlan(physical, options, zero, zero));
}

function checkNexmark({ path, columns, options }: TableEntry): void {
  const physical = columns.flatMap((column) => (column.kind === 'physical' ? [column] : []));
  nexmarkRows({ table: path.name, columns: physical, options });
}

function checkNames({ path, options }: TableEntry, own: readonly string[]): void {
  const known = ['connector', ...own];
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const near = nearNames(key, known);
    throw new ConfigurationError('OPTION_UNKNOWN', `Table ${path.name}: unknown option '${key}'.`, {
      hint: near.length > 0 ? `Did you mean '${near.join("' or '")}'?` : `It has: ${known.join(', ')}.`,
    });
  }
}

function atOption(
  error: ConfigurationError,
  { options }: CreateTableStatement,
  sql: string,
): ConfigurationError {
  const named = (text: { readonly value: string }) => error.message.includes(`'${text.value}'`);
  const option = options.find(({ key }) => named(key)) ?? options.find(({ value }) => named(value));
  if (option === undefined) return error;
  const details = { ...error.details, ...locate(sql, option.span) };
  return new ConfigurationError(error.code, error.message, { details, hint: error.hint, cause: error });
}
