/** The files of a monitored folder that have come. */
import { existsSync } from 'node:fs';
import { SourceError } from '../../core/index.js';
import { type FileIdentity, identitiesOf, olderFirst } from './file-position.js';

/** Files that are given at once: a worker opens one query after the other. */
const MOST_FILES = 100;

/** Those that are none of `done`, the older first. @throws {SourceError} SOURCE_NOT_FOUND */
export function newFiles(table: string, path: string, done: ReadonlySet<string>): FileIdentity[] {
  if (!existsSync(path)) {
    throw new SourceError('SOURCE_NOT_FOUND', `Table ${table} monitors ${path}, which is not there.`, {
      details: { file: path },
      hint: 'Make the folder; it may be empty.',
    });
  }
  return olderFirst(identitiesOf([{ path }]).filter(([file]) => !done.has(file))).slice(0, MOST_FILES);
}
