/** The command as one file instead of 500 modules: what a start of the command loads. */
import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compiledSchema } from './compiled-schema.mjs';

const FOLDERS = ['core', 'bridge', 'operators', 'cli'];
const BUNDLE = 'dist/command/command.cjs';

const OPTIONS = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  // Native code, and a loader of programs, whose modules are not bundled.
  external: ['zeromq', 'tsx', '@platformatic/kafka', 'pg'],
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: true,
  logLevel: 'warning',
};

/** By itself: it is loaded first, and would draw the whole engine after it. */
const EARLY_ZYGOTES = {
  entryPoints: ['dist/cli/early-zygotes.js'],
  outfile: 'dist/command/early-zygotes.js',
  format: 'esm',
};

/** For `cli/load-compiled.ts`: V8 keeps the code of scripts only. Each module runs when it is first imported. */
const COMMAND = {
  entryPoints: ['dist/cli/command.js'],
  outfile: BUNDLE,
  format: 'cjs',
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': '__url' },
  banner: {
    js: "(function (exports, require, __filename) { const module = { exports }; const __url = require('node:url').pathToFileURL(__filename).href;",
  },
  footer: { js: 'Object.assign(exports, module.exports); })' },
};

/** Bundles what `tsc -b` has made; the modules stay, for programs that import them. */
export async function ensureBundle(root) {
  if (isFresh(root)) return;
  // Loaded here: before it, the packages may not be installed.
  const { build } = await import('esbuild');
  rmSync(join(root, 'dist/command'), { recursive: true, force: true });
  const options = { ...OPTIONS, absWorkingDir: root, plugins: [compiledSchema(root)] };
  await build({ ...options, ...EARLY_ZYGOTES });
  await build({ ...options, ...COMMAND });
}

function isFresh(root) {
  const made = join(root, BUNDLE);
  if (!existsSync(made)) return false;
  const { mtimeMs } = statSync(made);
  return FOLDERS.every((folder) => {
    const built = statSync(join(root, 'dist', folder, 'tsconfig.tsbuildinfo'), { throwIfNoEntry: false });
    return (built?.mtimeMs ?? 0) <= mtimeMs;
  });
}
