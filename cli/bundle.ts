/** The command as one file (scripts/support/bundle.mjs): loading its 500 modules one by one takes half a second. */
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadCompiled } from './load-compiled.js';

type EarlyZygotesModule = typeof import('./early-zygotes.js');
type CommandModule = typeof import('./command.js');

/** What `main.ts` loads, and where from. */
export interface CommandModules {
  readonly isBundled: boolean;
  readonly loadEarlyZygotes: () => Promise<EarlyZygotesModule>;
  readonly loadCommand: () => Promise<CommandModule>;
}

/**
 * The bundle, or the modules where there is none, or where they have been built since. The modules too for a
 * program, which imports the package itself, so that there is one copy of it, and for stacks that name sources.
 * @param args of the command line
 */
export function modulesOf(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): CommandModules {
  const isBundled = !args.some(isProgram) && environment.MILLSTREAM_DEBUG !== '1' && isFresh();
  return isBundled
    ? {
        isBundled,
        loadEarlyZygotes: () => import(url('../command/early-zygotes.js').href),
        loadCommand: async () =>
          loadCompiled(fileURLToPath(url('../command/command.cjs')), args[0] === 'run') as CommandModule,
      }
    : {
        isBundled,
        loadEarlyZygotes: () => import('./early-zygotes.js'),
        loadCommand: () => import('./command.js'),
      };
}

function url(path: string): URL {
  return new URL(path, import.meta.url);
}

function isProgram(arg: string): boolean {
  return /\.m?[jt]s$/.test(arg);
}

function isFresh(): boolean {
  const made = modifiedMs('../command/command.cjs');
  // What `tsc -b` writes when modules of a folder have changed.
  const built = ['core', 'bridge', 'operators', 'cli'].map((folder) =>
    modifiedMs(`../${folder}/tsconfig.tsbuildinfo`),
  );
  return made !== null && built.every((at) => (at ?? 0) <= made);
}

/** Null where there is no such file. */
function modifiedMs(path: string): number | null {
  return statSync(url(path), { throwIfNoEntry: false })?.mtimeMs ?? null;
}
