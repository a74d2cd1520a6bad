/** Finds the Python file of `module.attribute` without running any Python. */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A module on the path, and what is named in it. */
export interface ModuleFile {
  readonly file: string;
  /** `score`, or `Model.score` of a class. */
  readonly attribute: string;
}

/**
 * The longest module of `target` in the first folder that has one, as Python would import it; null where none has:
 * it is in a zip file, or installed.
 * @param paths folders and .py files, absolute
 */
export function findModuleFile(target: string, paths: readonly string[]): ModuleFile | null {
  const parts = target.split('.');
  const folders = paths.map((path) => (path.endsWith('.py') ? dirname(path) : path)).filter(isFolder);
  for (let end = parts.length - 1; end > 0; end--) {
    const module = join(...parts.slice(0, end));
    for (const folder of folders) {
      const file = [join(folder, module, '__init__.py'), join(folder, `${module}.py`)].find((path) =>
        existsSync(path),
      );
      if (file !== undefined) return { file, attribute: parts.slice(end).join('.') };
    }
  }
  return null;
}

/** `functions.py:12`, for messages. */
export function shortPlace(file: string, line: number): string {
  return `${basename(file)}:${line}`;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
