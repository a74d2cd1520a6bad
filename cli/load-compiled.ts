/** Loads a script with the code that V8 made of it when it was last run. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Script } from 'node:vm';

/**
 * What the script exports. The code is kept beside it, by version of V8; where there is none, or V8 refuses it, the
 * script is compiled, which takes as long as all the rest of loading it.
 * @param path of a script that is one expression: a function `(exports, require, filename)`. It has no `import()`, which
 *   Node 20 refuses to code that was kept
 * @param keeps write the code when the process exits, if V8 had none: it then holds the functions that were called
 */
export function loadCompiled(path: string, keeps: boolean): object {
  const cachePath = `${path}.${process.versions.v8}.cache`;
  const cachedData = readIfThere(cachePath);
  const script = new Script(readFileSync(path, 'latin1'), {
    filename: path,
    ...(cachedData === null ? {} : { cachedData }),
  });
  const exported = {};
  const run = script.runInThisContext() as (
    exports: object,
    require: NodeJS.Require,
    filename: string,
  ) => void;
  run(exported, createRequire(path), path);
  if (keeps && script.cachedDataRejected !== false) {
    process.once('exit', () => keep(cachePath, script.createCachedData()));
  }
  return exported;
}

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

/** Under its name only when whole: other processes may be loading it. */
function keep(path: string, code: Buffer): void {
  try {
    const unfinished = `${path}.${process.pid}`;
    writeFileSync(unfinished, code);
    renameSync(unfinished, path);
  } catch {
    // A folder that cannot be written to.
  }
}
