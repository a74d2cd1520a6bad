/** Which isolation levels this machine offers: by trying, never by version. */
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { pythonEnvironment } from '../python-command.js';

/** What was found; null where it is there. */
export interface IsolationSupport {
  /** Why there is no `standard`. */
  readonly standard: string | null;
  /** Why there is no `strict`; it also needs caps that the kernel enforces, which this does not look at. */
  readonly strict: string | null;
  /** The kernel also keeps workers of one sandbox from signalling each other. */
  readonly keepsWorkersApart: boolean;
}

/** Architectures with a seccomp filter (python-udf/millstream/_worker/seccomp_filter.py). */
const FILTERED = ['x64', 'arm64'];
const SANDBOX = [
  '--unshare-all',
  '--unshare-user',
  '--die-with-parent',
  '--new-session',
  '--cap-drop',
  'ALL',
];
/** From this version of Landlock on, which Linux 6.12 brought, signals stop at the worker's own processes. */
const SCOPED_SIGNALS = 6;
const LANDLOCK = 'from millstream._worker import landlock; print(landlock.version())';

/** Makes a sandbox that does nothing, and asks the kernel by `python`, an absolute path or a name on PATH. */
export async function detectIsolation(python: string): Promise<IsolationSupport> {
  const standard = await whyNoSandbox();
  const filter = FILTERED.includes(process.arch)
    ? null
    : `there is no filter of system calls for ${process.arch}`;
  return {
    standard,
    strict: standard ?? filter,
    keepsWorkersApart: standard === null && (await hasScopes(python)),
  };
}

/** Why no sandbox can even be tried; null: it can. */
export function whyNotTried(): string | null {
  if (process.platform !== 'linux') return `sandboxes are made on Linux, and this is ${process.platform}`;
  return isOnPath('bwrap')
    ? null
    : 'bubblewrap (the command bwrap) is not installed (Debian, Ubuntu, Fedora, Arch: the package bubblewrap)';
}

async function whyNoSandbox(): Promise<string | null> {
  const reason = whyNotTried();
  if (reason !== null) return reason;
  try {
    await promisify(execFile)('bwrap', [...SANDBOX, '--ro-bind', '/', '/', 'true'], { timeout: 10_000 });
    return null;
  } catch (error) {
    const text = (error as { stderr?: string }).stderr?.trim() || String(error);
    return `bubblewrap is refused by the system: ${text}`;
  }
}

function isOnPath(command: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

async function hasScopes(python: string): Promise<boolean> {
  const env = pythonEnvironment({ python, pythonPath: [] });
  const { stdout } = await promisify(execFile)(python, ['-c', LANDLOCK], { env, cwd: '/' });
  return Number(stdout) >= SCOPED_SIGNALS;
}
