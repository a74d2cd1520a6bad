/** The text that a catalog is kept as: JSON with a version, expressions and types as SQL. */
import { Ajv, type ValidateFunction } from 'ajv';
import { SourceError } from '../errors.js';
import { parseExpression, parseStatement } from '../sql/parse.js';
import { reasonOf } from '../text/reason-of.js';
import { parseTypeText, typeToText } from '../types/type-text.js';
import type { FunctionEntry, RelationEntry, TableColumn, TableEntry } from './catalog.js';
import {
  CATALOG_SCHEMA,
  type StoredCatalog,
  type StoredColumn,
  type StoredRelation,
} from './stored-catalog.js';

/** What one database holds. */
export interface CatalogDatabase {
  readonly relations: ReadonlyMap<string, RelationEntry>;
  /** By name in lower case. */
  readonly functions: ReadonlyMap<string, FunctionEntry>;
}

/** Databases by name. */
export type CatalogContent = ReadonlyMap<string, CatalogDatabase>;

const VERSION = 1;

/** The text of a catalog, the same for the same content. */
export function writeCatalogText(content: CatalogContent): string {
  const databases = sorted(content).map(([name, { relations, functions }]) => [
    name,
    {
      relations: Object.fromEntries(sorted(relations).map(([key, entry]) => [key, storedRelation(entry)])),
      functions: sorted(functions).map(([, entry]) => ({ ...entry })),
    },
  ]);
  const stored = { format: 'millstream-catalog', version: VERSION, databases: Object.fromEntries(databases) };
  return `${JSON.stringify(stored, null, 2)}\n`;
}

/**
 * The content of a text, for the catalog of this name.
 * @param file names the text in errors
 * @throws {SourceError} CATALOG_FILE where it is no catalog, of a later version, or holds what does not parse
 */
export function readCatalogText(text: string, catalog: string, file: string): CatalogContent {
  const stored = checked(text, file);
  const content = new Map<string, CatalogDatabase>();
  for (const [database, { relations, functions }] of Object.entries(stored.databases)) {
    const entries = Object.entries(relations).map(([name, relation]): [string, RelationEntry] => {
      try {
        return [name, relationEntry(relation, { catalog, database, name })];
      } catch (cause) {
        const reason = reasonOf(cause);
        throw broken(file, `${database}.${name} does not parse: ${reason}`, cause);
      }
    });
    const named = functions.map((entry): [string, FunctionEntry] => [entry.name.toLowerCase(), entry]);
    content.set(database, { relations: new Map(entries), functions: new Map(named) });
  }
  return content;
}

let compiled: ValidateFunction<StoredCatalog> | undefined;

function checked(text: string, file: string): StoredCatalog {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw broken(file, `it is not JSON: ${(cause as Error).message}`, cause);
  }
  const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : null;
  if (typeof version === 'number' && version > VERSION) {
    throw new SourceError(
      'CATALOG_FILE',
      `The catalog file ${file} has version ${version}; this Millstream reads ${VERSION}.`,
      {
        details: { file },
        hint: 'Use the Millstream that wrote it, or a later one.',
      },
    );
  }
  compiled ??= new Ajv().compile<StoredCatalog>(CATALOG_SCHEMA);
  if (compiled(value)) return value;
  const { instancePath, message } = compiled.errors![0]!;
  throw broken(file, `${instancePath === '' ? 'it' : instancePath} ${message}`, null);
}

function broken(file: string, what: string, cause: unknown): SourceError {
  return new SourceError('CATALOG_FILE', `${file} is not a catalog that Millstream wrote: ${what}.`, {
    details: { file },
    hint: 'Restore the file, or move it away: CREATE CATALOG then begins with an empty one.',
    cause,
  });
}

function storedRelation(entry: RelationEntry): StoredRelation {
  if (entry.kind === 'view') {
    const { kind, text, columns, comment, scope } = entry;
    return { kind, text, columns, comment, scope };
  }
  const { kind, columns, watermark, primaryKey, partitionedBy, comment, options } = entry;
  return {
    kind,
    columns: columns.map(storedColumn),
    watermark: watermark === null ? null : { column: watermark.column, text: watermark.text },
    primaryKey,
    partitionedBy,
    comment,
    options,
  };
}

function storedColumn(column: TableColumn): StoredColumn {
  const { name, comment } = column;
  switch (column.kind) {
    case 'physical':
      return { name, comment, kind: 'physical', type: typeToText(column.type) };
    case 'computed':
      return { name, comment, kind: 'computed', text: column.text };
    case 'metadata':
      return {
        name,
        comment,
        kind: 'metadata',
        type: typeToText(column.type),
        key: column.key,
        virtual: column.virtual,
      };
  }
}

function relationEntry(stored: StoredRelation, path: RelationEntry['path']): RelationEntry {
  if (stored.kind === 'table') return { ...stored, path, ...tableParts(stored) };
  const statement = parseStatement(stored.text);
  if (statement.kind !== 'query_statement') throw new Error('the text of a view is a query');
  return { ...stored, path, query: statement.query };
}

function tableParts(
  stored: Extract<StoredRelation, { kind: 'table' }>,
): Pick<TableEntry, 'columns' | 'watermark'> {
  const columns = stored.columns.map((column): TableColumn => {
    if (column.kind === 'computed') return { ...column, expression: parseExpression(column.text) };
    return { ...column, type: parseTypeText(column.type) };
  });
  const mark = stored.watermark;
  return { columns, watermark: mark === null ? null : { ...mark, expression: parseExpression(mark.text) } };
}

function sorted<T>(entries: ReadonlyMap<string, T>): [string, T][] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
}
