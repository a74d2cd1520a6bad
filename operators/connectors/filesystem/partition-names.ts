/** Partitions as folders of a path, `dt=2024-01-02/h=1`: values as names, and names as values. */
import { sep } from 'node:path';
import type { Column, SqlValue } from '../../../core/index.js';
import { textReader, textWriter } from '../../formats/text-value.js';

/** The folder of rows without a value. */
export const DEFAULT_PARTITION = '__HIVE_DEFAULT_PARTITION__';

/** The folder of a row whose partition columns, in their order, have these values. */
export function partitionNamer(columns: readonly Column[]): (values: readonly SqlValue[]) => string {
  const parts = columns.map(({ name, type }) => ({ name, text: textWriter(type, 'SQL') }));
  return (values) =>
    parts
      .map(({ name, text }, i) => {
        const value = values[i] ?? null;
        // An empty name would not be told from none, as in Flink and Hive.
        const written = value === null ? '' : text(value);
        return `${encodeURIComponent(name)}=${written === '' ? DEFAULT_PARTITION : encodeURIComponent(written)}`;
      })
      .join(sep);
}

/** The values of the partition columns of a file. @throws {MalformedRecord} for a name that is no value of its type */
export function partitionReader(columns: readonly Column[]): (path: string) => SqlValue[] {
  const readers = columns.map(({ name, type }) => ({ name, read: textReader(type, 'SQL') }));
  return (path) => {
    const names = new Map(
      path.split(sep).flatMap((part) => {
        const [name, ...value] = part.split('=');
        return value.length === 0 ? [] : [[decoded(name!), decoded(value.join('='))] as const];
      }),
    );
    return readers.map(({ name, read }) => {
      const text = names.get(name);
      return text === undefined || text === DEFAULT_PARTITION ? null : read(text);
    });
  };
}

/** Names of folders are percent-encoded; one that is not well so is taken as it is. */
export function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
