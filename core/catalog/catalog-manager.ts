/**
 * The names a session sees: catalogs, the current catalog and database, and temporary objects, which hide
 * others.
 */
import { SqlError } from '../errors.js';
import { nearNames } from '../text/near-names.js';
import {
  type Catalog,
  type FunctionEntry,
  type ObjectPath,
  pathText,
  type RelationEntry,
} from './catalog.js';
import { MemoryCatalog } from './memory-catalog.js';

export const DEFAULT_CATALOG = 'default_catalog';
export const DEFAULT_DATABASE = 'default_database';

/** What an entry is kept as. */
export type FunctionScope = 'temporary_system' | 'temporary' | 'catalog';

/** Looks names up and changes what they mean. Errors have no place; whoever knows the statement adds it. */
export class CatalogManager {
  readonly #catalogs = new Map<string, Catalog>();
  readonly #temporaryRelations = new Map<string, RelationEntry>();
  readonly #temporaryFunctions = new Map<string, FunctionEntry>();
  readonly #systemFunctions = new Map<string, FunctionEntry>();
  #catalog = DEFAULT_CATALOG;
  #database = DEFAULT_DATABASE;

  constructor() {
    this.#catalogs.set(
      DEFAULT_CATALOG,
      new MemoryCatalog(DEFAULT_CATALOG, DEFAULT_DATABASE, {
        type: 'generic_in_memory',
        'default-database': DEFAULT_DATABASE,
      }),
    );
  }

  get currentCatalog(): string {
    return this.#catalog;
  }

  get currentDatabase(): string {
    return this.#database;
  }

  /** @throws {SqlError} `SQL_UNKNOWN_CATALOG`. */
  useCatalog(name: string): void {
    const catalog = this.#catalogNamed(name);
    this.#catalog = name;
    this.#database = catalog.options['default-database'] ?? 'default';
  }

  /** USE with `database` or `catalog.database`. @throws {SqlError} where there is none. */
  useDatabase(parts: readonly string[]): void {
    const { catalog, database } = this.#databasePath(parts);
    this.#checkDatabase(catalog, database);
    this.#catalog = catalog;
    this.#database = database;
  }

  /**
   * The path that one to three name parts stand for, from the current catalog and database or those given.
   */
  qualify(
    parts: readonly string[],
    scope?: { readonly catalog: string; readonly database: string },
  ): ObjectPath {
    const name = parts.at(-1)!;
    const database = parts.at(-2) ?? scope?.database ?? this.#database;
    const catalog = parts.at(-3) ?? scope?.catalog ?? this.#catalog;
    return { catalog, database, name };
  }

  /** The table or view of a path, a temporary one first; null where there is none. */
  relation(path: ObjectPath): RelationEntry | null {
    const temporary = this.#temporaryRelations.get(pathText(path));
    return temporary ?? this.#catalogs.get(path.catalog)?.relation(path.database, path.name) ?? null;
  }

  /** True where the path names a temporary table or view. */
  isTemporary(path: ObjectPath): boolean {
    return this.#temporaryRelations.has(pathText(path));
  }

  /** Tables and views of a database, temporary ones included, by name. */
  relations(catalog = this.#catalog, database = this.#database): readonly RelationEntry[] {
    const found = new Map<string, RelationEntry>();
    for (const entry of this.#catalogs.get(catalog)?.relations(database) ?? [])
      found.set(entry.path.name, entry);
    for (const entry of this.#temporaryRelations.values()) {
      if (entry.path.catalog === catalog && entry.path.database === database)
        found.set(entry.path.name, entry);
    }
    return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  }

  /** @throws {SqlError} `SQL_EXISTS`, unless `ifNotExists`. Returns whether it was created. */
  createRelation(
    entry: RelationEntry,
    options: { readonly temporary: boolean; readonly ifNotExists: boolean; readonly orReplace?: boolean },
  ): boolean {
    const { path } = entry;
    const catalog = this.#checkDatabase(path.catalog, path.database);
    const existing = options.temporary
      ? this.#temporaryRelations.get(pathText(path))
      : catalog.relation(path.database, path.name);
    if (existing !== undefined && existing !== null && options.orReplace !== true) {
      if (options.ifNotExists) return false;
      throw exists(`${existing.kind === 'view' ? 'View' : 'Table'} ${pathText(path)}`);
    }
    if (options.temporary) this.#temporaryRelations.set(pathText(path), entry);
    else catalog.putRelation(path.database, entry);
    return true;
  }

  /** Puts what ALTER made of a table or view in its place, temporary or not. */
  replaceRelation(entry: RelationEntry): void {
    this.createRelation(entry, {
      temporary: this.isTemporary(entry.path),
      ifNotExists: false,
      orReplace: true,
    });
  }

  /** @throws {SqlError} `SQL_EXISTS` where the new name is taken, or for another catalog or database. */
  renameRelation(entry: RelationEntry, parts: readonly string[]): void {
    const path = this.qualify(parts, entry.path);
    if (path.catalog !== entry.path.catalog || path.database !== entry.path.database) {
      throw new SqlError('SQL_INVALID', `${pathText(entry.path)} stays in its database when it is renamed.`, {
        hint: 'Create it anew where you want it.',
      });
    }
    const temporary = this.isTemporary(entry.path);
    this.createRelation({ ...entry, path }, { temporary, ifNotExists: false });
    this.dropRelation(entry.path, entry.kind, { temporary, ifExists: false });
  }

  /**
   * @throws {SqlError} where no such table (view) exists, unless `ifExists`. Returns whether it was dropped.
   */
  dropRelation(
    path: ObjectPath,
    kind: RelationEntry['kind'],
    options: { readonly temporary: boolean; readonly ifExists: boolean },
  ): boolean {
    const key = pathText(path);
    const temporary = this.#temporaryRelations.get(key);
    if (temporary !== undefined && !options.temporary) {
      throw new SqlError('SQL_TEMPORARY', `${key} is a temporary ${temporary.kind}.`, {
        hint: `Use DROP TEMPORARY ${temporary.kind.toUpperCase()}.`,
      });
    }
    const found = options.temporary
      ? temporary
      : this.#catalogs.get(path.catalog)?.relation(path.database, path.name);
    if (found === undefined || found === null || found.kind !== kind) {
      if (options.ifExists) return false;
      throw this.unknownRelation(path, kind);
    }
    if (options.temporary) this.#temporaryRelations.delete(key);
    else this.#catalogs.get(path.catalog)?.dropRelation(path.database, path.name);
    return true;
  }

  /** The error for a name that is no table: which part of its path is not there, with near names. */
  unknownRelation(path: ObjectPath, kind: 'table' | 'view' = 'table'): SqlError {
    const names = this.relations(path.catalog, path.database).map((entry) => entry.path.name);
    const place = names.length > 0 ? null : this.#unknownDatabase(path.catalog, path.database);
    if (place !== null) return place;
    return unknown(
      'SQL_UNKNOWN_TABLE',
      `There is no ${kind} ${pathText(path)}.`,
      path.name,
      names,
      'tables and views',
    );
  }

  /** A function that overrides built-ins; null where there is none. */
  systemFunction(name: string): FunctionEntry | null {
    return this.#systemFunctions.get(name.toLowerCase()) ?? null;
  }

  /** The function of a name that is no built-in: temporary ones first; null where there is none. */
  catalogFunction(
    parts: readonly string[],
    scope?: { readonly catalog: string; readonly database: string },
  ): FunctionEntry | null {
    const path = this.qualify(parts, scope);
    const temporary = this.#temporaryFunctions.get(functionKey(path));
    return temporary ?? this.#catalogs.get(path.catalog)?.function(path.database, path.name) ?? null;
  }

  /** All functions registered in the session that unqualified names can reach. */
  functions(): readonly FunctionEntry[] {
    const found = new Map<string, FunctionEntry>();
    const add = (entry: FunctionEntry) => found.set(entry.name.toLowerCase(), entry);
    this.#catalogs.get(this.#catalog)?.functions(this.#database).forEach(add);
    this.#temporaryFunctions.forEach(add);
    this.#systemFunctions.forEach(add);
    return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  }

  /** @throws {SqlError} `SQL_EXISTS`, unless `ifNotExists`. Returns whether it was created. */
  createFunction(
    parts: readonly string[],
    entry: Omit<FunctionEntry, 'name'>,
    options: { readonly scope: FunctionScope; readonly ifNotExists: boolean; readonly orReplace?: boolean },
  ): boolean {
    const path = this.qualify(parts);
    const named = { ...entry, name: path.name };
    if (options.orReplace !== true && this.#functionIn(options.scope, path) !== null) {
      if (options.ifNotExists) return false;
      throw exists(`Function ${path.name}`);
    }
    if (options.scope === 'temporary_system') this.#systemFunctions.set(path.name.toLowerCase(), named);
    else if (options.scope === 'temporary') this.#temporaryFunctions.set(functionKey(path), named);
    else this.#checkDatabase(path.catalog, path.database).putFunction(path.database, named);
    return true;
  }

  /**
   * @throws {SqlError} where there is no such function, unless `ifExists`. Returns whether it was dropped.
   */
  dropFunction(
    parts: readonly string[],
    options: { readonly scope: FunctionScope; readonly ifExists: boolean },
  ): boolean {
    const path = this.qualify(parts);
    if (this.#functionIn(options.scope, path) === null) {
      if (options.ifExists) return false;
      const names = this.functions().map((entry) => entry.name);
      throw unknown(
        'SQL_UNKNOWN_FUNCTION',
        `There is no function ${path.name}.`,
        path.name,
        names,
        'functions',
      );
    }
    if (options.scope === 'temporary_system') this.#systemFunctions.delete(path.name.toLowerCase());
    else if (options.scope === 'temporary') this.#temporaryFunctions.delete(functionKey(path));
    else this.#catalogs.get(path.catalog)?.dropFunction(path.database, path.name);
    return true;
  }

  catalogs(): readonly string[] {
    return [...this.#catalogs.keys()].sort();
  }

  /** The WITH options that a catalog was made by, `type` included. @throws {SqlError} `SQL_UNKNOWN_CATALOG`. */
  catalogOptions(catalog: string): Readonly<Record<string, string>> {
    return this.#catalogNamed(catalog).options;
  }

  /** @throws {SqlError} `SQL_UNKNOWN_CATALOG`. */
  databases(catalog = this.#catalog): readonly string[] {
    return this.#catalogNamed(catalog).databases();
  }

  /** @throws {SqlError} `SQL_EXISTS`, unless `ifNotExists`. */
  createCatalog(catalog: Catalog, ifNotExists: boolean): void {
    if (!this.#catalogs.has(catalog.name)) this.#catalogs.set(catalog.name, catalog);
    else if (!ifNotExists) throw exists(`Catalog ${catalog.name}`);
  }

  /** @throws {SqlError} where there is none (unless `ifExists`) or it is in use. */
  dropCatalog(name: string, ifExists: boolean): void {
    if (ifExists && !this.#catalogs.has(name)) return;
    this.#catalogNamed(name);
    if (name === this.#catalog) throw new SqlError('SQL_IN_USE', `Catalog ${name} is the current catalog.`);
    this.#catalogs.delete(name);
  }

  /** @throws {SqlError} `SQL_EXISTS`, unless `ifNotExists`. */
  createDatabase(parts: readonly string[], ifNotExists: boolean): void {
    const { catalog, database } = this.#databasePath(parts);
    const owner = this.#catalogNamed(catalog);
    if (!owner.databases().includes(database)) owner.createDatabase(database);
    else if (!ifNotExists) throw exists(`Database ${catalog}.${database}`);
  }

  /**
   * @throws {SqlError} where there is none (unless `ifExists`), it is in use, or not empty without `cascade`.
   */
  dropDatabase(
    parts: readonly string[],
    options: { readonly ifExists: boolean; readonly cascade: boolean },
  ): void {
    const { catalog, database } = this.#databasePath(parts);
    if (options.ifExists && !this.#catalogs.get(catalog)?.databases().includes(database)) return;
    const owner = this.#checkDatabase(catalog, database);
    if (catalog === this.#catalog && database === this.#database) {
      throw new SqlError('SQL_IN_USE', `Database ${catalog}.${database} is the current database.`);
    }
    if (!options.cascade && owner.relations(database).length + owner.functions(database).length > 0) {
      throw new SqlError('SQL_IN_USE', `Database ${catalog}.${database} is not empty.`, {
        hint: 'Use DROP DATABASE … CASCADE to drop what is in it.',
      });
    }
    owner.dropDatabase(database);
  }

  #functionIn(scope: FunctionScope, path: ObjectPath): FunctionEntry | null {
    if (scope === 'temporary_system') return this.systemFunction(path.name);
    if (scope === 'temporary') return this.#temporaryFunctions.get(functionKey(path)) ?? null;
    return this.#catalogs.get(path.catalog)?.function(path.database, path.name) ?? null;
  }

  #databasePath(parts: readonly string[]): { catalog: string; database: string } {
    return { catalog: parts.at(-2) ?? this.#catalog, database: parts.at(-1)! };
  }

  /** @throws {SqlError} SQL_UNKNOWN_CATALOG, SQL_UNKNOWN_DATABASE where there is none of this name. */
  requireDatabase(catalog = this.#catalog, database = this.#database): void {
    this.#checkDatabase(catalog, database);
  }

  #catalogNamed(name: string): Catalog {
    const catalog = this.#catalogs.get(name);
    if (catalog !== undefined) return catalog;
    throw this.#unknownCatalog(name);
  }

  #checkDatabase(catalogName: string, database: string): Catalog {
    const error = this.#unknownDatabase(catalogName, database);
    if (error !== null) throw error;
    return this.#catalogNamed(catalogName);
  }

  #unknownCatalog(name: string): SqlError {
    return unknown('SQL_UNKNOWN_CATALOG', `There is no catalog ${name}.`, name, this.catalogs(), 'catalogs');
  }

  /** The error for a database, or its catalog, that is not there; null where it is. */
  #unknownDatabase(catalogName: string, database: string): SqlError | null {
    const databases = this.#catalogs.get(catalogName)?.databases();
    if (databases === undefined) return this.#unknownCatalog(catalogName);
    if (databases.includes(database)) return null;
    const message = `There is no database ${catalogName}.${database}.`;
    return unknown('SQL_UNKNOWN_DATABASE', message, database, databases, 'databases');
  }
}

function functionKey(path: ObjectPath): string {
  return pathText({ ...path, name: path.name.toLowerCase() });
}

function exists(what: string): SqlError {
  return new SqlError('SQL_EXISTS', `${what} exists already.`, {
    hint: 'Use IF NOT EXISTS, or drop it first.',
  });
}

function unknown(
  code: string,
  message: string,
  name: string,
  candidates: readonly string[],
  what: string,
): SqlError {
  const near = nearNames(name, candidates);
  if (near.length > 0) return new SqlError(code, message, { hint: `Did you mean ${near.join(' or ')}?` });
  const listed = candidates.slice(0, 20).join(', ');
  return new SqlError(code, message, {
    hint: listed === '' ? `There are no ${what} here.` : `There are: ${listed}.`,
  });
}
