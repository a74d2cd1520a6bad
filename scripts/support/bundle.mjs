/** The command as a few files instead of 500 modules: what a start of the command loads. */
import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compiledSchema } from './compiled-schema.mjs';

const FOLDERS = ['core', 'bridge', 'operators', 'cli'];
const BUNDLE = 'dist/command/command.js';

const OPTIONS = {
  outdir: 'dist/command',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // Native code, and a loader of programs, whose modules are not bundled.
  external: ['zeromq', 'tsx'],
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: true,
  // For packages that are CommonJS.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
};

/** Bundles what `tsc -b` has made; the modules stay, for programs that import them. */
export async function ensureBundle(root) {
  if (isFresh(root)) return;
  // Loaded here: before it, the packages may not be installed.
  const { build } = await import('esbuild');
  rmSync(join(root, 'dist/command'), { recursive: true, force: true });
  const options = { ...OPTIONS, absWorkingDir: root, plugins: [compiledSchema(root)] };
  // By itself: it is loaded first, and shared chunks would draw the whole engine into it.
  await build({ ...options, entryPoints: ['dist/cli/early-zygotes.js'] });
  // What a command does is loaded when it does it.
  await build({ ...options, entryPoints: ['dist/cli/command.js'], splitting: true });
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
