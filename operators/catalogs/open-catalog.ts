/** CREATE CATALOG: which kinds there are, and their options. */
import { resolve } from 'node:path';
import { type Catalog, ConfigurationError, MemoryCatalog, nearNames, TextCatalog } from '../../core/index.js';
import { catalogFile } from './catalog-file.js';

/** What opening needs of the session. */
export interface CatalogHost {
  readonly workingDirectory: string;
  /** While it is true, no file is changed: statements are only explained. */
  readonly planOnly: () => boolean;
}

const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  generic_in_memory: ['default-database'],
  file: ['path', 'default-database'],
};

/**
 * A catalog by its WITH options: `generic_in_memory`, which ends with the session, or `file`, which the next session finds again.
 * @throws {ConfigurationError} CATALOG_TYPE, OPTION_UNKNOWN, OPTION_MISSING; {SourceError} CATALOG_FILE
 */
export function openCatalog(
  name: string,
  withOptions: Readonly<Record<string, string>>,
  host: CatalogHost,
): Catalog {
  const { type, ...options } = withOptions;
  const known = type === undefined ? undefined : OPTIONS[type];
  if (known === undefined) {
    throw new ConfigurationError(
      'CATALOG_TYPE',
      `A catalog of type '${type ?? '(missing)'}' is not supported.`,
      {
        hint: "Types: 'generic_in_memory', which ends with the session, and 'file', which is kept in the file at 'path'.",
      },
    );
  }
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    const near = nearNames(unknown, known);
    throw new ConfigurationError(
      'OPTION_UNKNOWN',
      `A catalog of type '${type}' has no option '${unknown}'.`,
      {
        hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `Its options: ${known.join(', ')}.`,
      },
    );
  }
  const database = options['default-database'] ?? 'default';
  if (type === 'generic_in_memory') return new MemoryCatalog(name, database, withOptions);
  const { path } = options;
  if (path === undefined) {
    throw new ConfigurationError('OPTION_MISSING', `Catalog ${name} says no 'path'.`, {
      hint: "Write WITH ('type' = 'file', 'path' = 'catalog.json'): the file is made when something is created in it.",
    });
  }
  const file = catalogFile(resolve(host.workingDirectory, path), host.planOnly);
  return new TextCatalog(name, file, database, withOptions);
}
