/** The command as a few files (scripts/support/bundle.mjs): loading its 500 modules one by one takes half a second. */
import { statSync } from 'node:fs';

/** What `main.ts` loads: URLs, from the bundle where the build has made one of these very modules. */
export interface CommandModules {
  readonly earlyZygotes: string;
  readonly command: string;
}

/**
 * The bundle, or the modules where there is none, or where they have been built since. The modules too for a
 * program: it imports the package itself, and there should be one copy of it.
 * @param args of the command line
 */
export function modulesOf(args: readonly string[]): CommandModules {
  const folder = !args.some(isProgram) && isFresh() ? '../command/' : './';
  const url = (name: string) => new URL(`${folder}${name}`, import.meta.url);
  return { earlyZygotes: url('early-zygotes.js').href, command: url('command.js').href };
}

function isProgram(arg: string): boolean {
  return /\.m?[jt]s$/.test(arg);
}

function isFresh(): boolean {
  const made = modifiedMs('../command/command.js');
  // What `tsc -b` writes when modules of a folder have changed.
  const built = ['core', 'bridge', 'operators', 'cli'].map((folder) =>
    modifiedMs(`../${folder}/tsconfig.tsbuildinfo`),
  );
  return made !== null && built.every((at) => (at ?? 0) <= made);
}

/** Null where there is no such file. */
function modifiedMs(path: string): number | null {
  return statSync(new URL(path, import.meta.url), { throwIfNoEntry: false })?.mtimeMs ?? null;
}
