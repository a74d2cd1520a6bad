/** A catalog that is kept as text somewhere: in a file, so that the next run finds what this one made. */
import type { Catalog, FunctionEntry, RelationEntry } from './catalog.js';
import {
  type CatalogContent,
  type CatalogDatabase,
  readCatalogText,
  writeCatalogText,
} from './catalog-text.js';

/** Where the text is. The implementation serialises updates between processes. */
export interface CatalogText {
  /** Names it in errors. */
  readonly place: string;
  /** The text, null where there is none yet, and a mark that changes whenever the text does. */
  read(): { readonly text: string | null; readonly mark: string };
  /** Replaces the text as a whole by what `change` makes of the newest one; nobody else changes it meanwhile. */
  update(change: (text: string | null) => string): void;
}

/** Reads the text anew when its mark has changed; each change is written before the statement ends. */
export class TextCatalog implements Catalog {
  readonly name: string;
  readonly options: Readonly<Record<string, string>>;
  readonly #text: CatalogText;
  readonly #database: string;
  #mark: string | null = null;
  #content: CatalogContent = new Map();

  /**
   * @param database the one that an empty catalog begins with
   * @throws {SourceError} CATALOG_FILE where the text is no catalog
   */
  constructor(
    name: string,
    text: CatalogText,
    database: string,
    options: Readonly<Record<string, string>> = { type: 'file' },
  ) {
    this.name = name;
    this.options = options;
    this.#text = text;
    this.#database = database;
    this.#now();
  }

  databases(): readonly string[] {
    return [...this.#now().keys()].sort();
  }

  createDatabase(name: string): void {
    this.#change((content) => content.set(name, content.get(name) ?? EMPTY));
  }

  dropDatabase(name: string): void {
    this.#change((content) => content.delete(name));
  }

  relation(database: string, name: string): RelationEntry | null {
    return this.#now().get(database)?.relations.get(name) ?? null;
  }

  relations(database: string): readonly RelationEntry[] {
    return sortedValues(this.#now().get(database)?.relations);
  }

  putRelation(database: string, entry: RelationEntry): void {
    this.#changeDatabase(database, ({ relations }) => relations.set(entry.path.name, entry));
  }

  dropRelation(database: string, name: string): void {
    this.#changeDatabase(database, ({ relations }) => relations.delete(name));
  }

  function(database: string, name: string): FunctionEntry | null {
    return this.#now().get(database)?.functions.get(name.toLowerCase()) ?? null;
  }

  functions(database: string): readonly FunctionEntry[] {
    return sortedValues(this.#now().get(database)?.functions);
  }

  putFunction(database: string, entry: FunctionEntry): void {
    this.#changeDatabase(database, ({ functions }) => functions.set(entry.name.toLowerCase(), entry));
  }

  dropFunction(database: string, name: string): void {
    this.#changeDatabase(database, ({ functions }) => functions.delete(name.toLowerCase()));
  }

  #now(): CatalogContent {
    const { text, mark } = this.#text.read();
    if (mark !== this.#mark) {
      this.#content = this.#parsed(text);
      this.#mark = mark;
    }
    return this.#content;
  }

  #parsed(text: string | null): CatalogContent {
    if (text === null) return new Map([[this.#database, EMPTY]]);
    return readCatalogText(text, this.name, this.#text.place);
  }

  #change(change: (content: Map<string, CatalogDatabase>) => void): void {
    this.#text.update((text) => {
      const content = new Map(this.#parsed(text));
      change(content);
      return writeCatalogText(content);
    });
  }

  #changeDatabase(
    name: string,
    change: (database: {
      relations: Map<string, RelationEntry>;
      functions: Map<string, FunctionEntry>;
    }) => void,
  ): void {
    this.#change((content) => {
      const { relations, functions } = content.get(name) ?? EMPTY;
      const database = { relations: new Map(relations), functions: new Map(functions) };
      change(database);
      content.set(name, database);
    });
  }
}

const EMPTY: CatalogDatabase = { relations: new Map(), functions: new Map() };

function sortedValues<T>(entries: ReadonlyMap<string, T> | undefined): T[] {
  if (entries === undefined) return [];
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}
