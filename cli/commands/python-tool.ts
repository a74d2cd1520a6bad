/** Commands that are Python programs of the package, run with this terminal. */
import { spawn } from 'node:child_process';
import { findPython, pythonEnvironment } from '../../bridge/index.js';
import { EXIT_FAILED } from '../exit-codes.js';

/** Runs `python -m module args…`; `python` null: the one that workers would use. Gives its exit code. */
export async function runPythonTool(
  module: string,
  args: readonly string[],
  { python = null, cwd = process.cwd() }: { readonly python?: string | null; readonly cwd?: string } = {},
): Promise<number> {
  const executable = python ?? (await findPython({ configured: null })).executable;
  const child = spawn(executable, ['-m', module, ...args], {
    cwd,
    env: { ...process.env, ...pythonEnvironment({ python: executable, pythonPath: [] }) },
    stdio: 'inherit',
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? EXIT_FAILED));
  });
}
