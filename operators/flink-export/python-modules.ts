/** Which Python files a job needs: the modules of its functions and what these import from beside them. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface PythonModules {
  /** Absolute path of each file or package folder, by its path below a folder of modules. */
  readonly files: ReadonlyMap<string, string>;
  /** Modules that lie in none of the folders: packages of the environment. */
  readonly elsewhere: readonly string[];
  /** A file imports `millstream`. */
  readonly usesMillstream: boolean;
}

/**
 * Follows imports by the text of the files; nothing is run.
 * @param targets paths of functions: `functions.score`, `models.text.Score`
 * @param roots folders of modules, the first wins
 */
export function pythonModules(targets: readonly string[], roots: readonly string[]): PythonModules {
  const files = new Map<string, string>();
  const elsewhere = new Set<string>();
  const seen = new Set<string>();
  let usesMillstream = false;
  const visit = (module: string, isTarget: boolean) => {
    const top = module.split('.')[0]!;
    if (seen.has(top)) return;
    seen.add(top);
    if (top === 'millstream') usesMillstream = true;
    const found = roots.flatMap((root) => candidate(root, top))[0];
    if (found === undefined) {
      if (isTarget) elsewhere.add(top);
      return;
    }
    files.set(found.name, found.path);
    for (const text of sourcesOf(found.path)) for (const name of importsOf(text)) visit(name, false);
  };
  for (const target of targets) visit(target, true);
  return { files, elsewhere: [...elsewhere], usesMillstream };
}

function candidate(root: string, module: string): { name: string; path: string }[] {
  const folder = join(root, module);
  if (existsSync(folder) && statSync(folder).isDirectory() && hasPython(folder))
    return [{ name: module, path: folder }];
  const file = `${folder}.py`;
  return existsSync(file) ? [{ name: `${module}.py`, path: file }] : [];
}

function hasPython(folder: string): boolean {
  return readdirSync(folder).some((name) => name.endsWith('.py'));
}

function sourcesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [readFileSync(path, 'utf8')];
  return readdirSync(path)
    .map((name) => join(path, name))
    .flatMap((inner) => (statSync(inner).isDirectory() || inner.endsWith('.py') ? sourcesOf(inner) : []));
}

/** Top-level names of `import a.b, c as d` and `from a.b import …`; relative imports stay inside their package. */
function importsOf(source: string): string[] {
  return [...source.matchAll(/^\s*(?:from\s+([\w.]+)\s+import|import\s+([\w., \t]+))/gm)].flatMap(
    ([, from, list]) =>
      from !== undefined ? [from] : list!.split(',').map((name) => name.trim().split(/\s/)[0]!),
  );
}
