/** A Python file whose functions become temporary functions of a session. */
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { builtinNames, ConfigurationError, UdfError } from '../../core/index.js';
import type { Session } from '../session/session.js';
import { declaredFunctions } from './declared-functions.js';

/**
 * Registers every function that `file` declares, imports it in a worker, and returns the names.
 * @throws {UdfError} UDF_FILE, UDF_NONE, and what its import or declarations throw; then nothing is registered.
 * @throws {ConfigurationError} FUNCTION_BUILTIN, SQL_EXISTS for a name that is taken
 */
export async function registerPythonFile(session: Session, file: string): Promise<string[]> {
  const module = basename(file, '.py');
  if (!file.endsWith('.py') || !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(module)) {
    throw new UdfError('UDF_FILE', `${file} cannot be imported: its name is no Python module.`, {
      details: { file },
      hint: 'Name the file with letters, digits and underscores, and .py at its end.',
    });
  }
  const names = declaredFunctions(await textOf(file));
  if (names.length === 0) {
    throw new UdfError('UDF_NONE', `${file} declares no function.`, {
      details: { file },
      hint: 'Decorate them: `from millstream import udf`, then @udf above the function.',
    });
  }
  checkNames(names, file);
  session.addModuleFolder(dirname(file));
  const registered: string[] = [];
  try {
    for (const name of names) {
      const entry = { target: `${module}.${name}`, language: 'PYTHON' } as const;
      session.catalog.createFunction([name], entry, { scope: 'temporary', ifNotExists: false });
      registered.push(name);
    }
    for (const name of names) await session.declaration(name);
  } catch (error) {
    for (const name of registered)
      session.catalog.dropFunction([name], { scope: 'temporary', ifExists: true });
    throw error;
  }
  return names;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new UdfError('UDF_FILE', `${file} cannot be read.`, {
      details: { file },
      hint: 'Relative paths are resolved against the working directory.',
      cause,
    });
  }
}

/** A built-in function would win over a temporary one of its name. */
function checkNames(names: readonly string[], file: string): void {
  const builtins = new Set(builtinNames().map((name) => name.toLowerCase()));
  const taken = names.find((name) => builtins.has(name.toLowerCase()));
  if (taken === undefined) return;
  throw new ConfigurationError(
    'FUNCTION_BUILTIN',
    `${file} declares '${taken}', which is a built-in function of SQL.`,
    {
      details: { file, function: taken },
      hint: 'Give it another name in the file.',
    },
  );
}
