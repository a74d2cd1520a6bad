/** A catalog that lives as long as its session. */
import type { Catalog, FunctionEntry, RelationEntry } from './catalog.js';

interface Database {
  readonly relations: Map<string, RelationEntry>;
  /** By name in lower case. */
  readonly functions: Map<string, FunctionEntry>;
}

/** Keeps everything in memory; lists come in the order of their names. */
export class MemoryCatalog implements Catalog {
  readonly name: string;
  readonly options: Readonly<Record<string, string>>;
  readonly #databases = new Map<string, Database>();

  /** A catalog with one empty database. */
  constructor(
    name: string,
    database: string,
    options: Readonly<Record<string, string>> = { type: 'generic_in_memory' },
  ) {
    this.name = name;
    this.options = options;
    this.createDatabase(database);
  }

  databases(): readonly string[] {
    return [...this.#databases.keys()].sort();
  }

  createDatabase(name: string): void {
    if (!this.#databases.has(name)) this.#databases.set(name, { relations: new Map(), functions: new Map() });
  }

  dropDatabase(name: string): void {
    this.#databases.delete(name);
  }

  relation(database: string, name: string): RelationEntry | null {
    return this.#databases.get(database)?.relations.get(name) ?? null;
  }

  relations(database: string): readonly RelationEntry[] {
    return sortedValues(this.#databases.get(database)?.relations);
  }

  putRelation(database: string, entry: RelationEntry): void {
    this.#databases.get(database)?.relations.set(entry.path.name, entry);
  }

  dropRelation(database: string, name: string): void {
    this.#databases.get(database)?.relations.delete(name);
  }

  function(database: string, name: string): FunctionEntry | null {
    return this.#databases.get(database)?.functions.get(name.toLowerCase()) ?? null;
  }

  functions(database: string): readonly FunctionEntry[] {
    return sortedValues(this.#databases.get(database)?.functions);
  }

  putFunction(database: string, entry: FunctionEntry): void {
    this.#databases.get(database)?.functions.set(entry.name.toLowerCase(), entry);
  }

  dropFunction(database: string, name: string): void {
    this.#databases.get(database)?.functions.delete(name.toLowerCase());
  }
}

function sortedValues<T>(entries: ReadonlyMap<string, T> | undefined): T[] {
  if (entries === undefined) return [];
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}
