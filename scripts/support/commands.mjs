/** Child processes of the scripts: quiet ones whose output matters only on failure, and ones that own the terminal. */
import { spawn, spawnSync } from 'node:child_process';
import { SetupError } from './console.mjs';

const SHOWN_LINES = 15;
const PROBE_TIMEOUT_MS = 10_000;

/** Standard output of a short command, or null where it is missing, fails or takes over ten seconds. */
export function probe(command, args) {
  const result = spawnSync(command, args, { encoding: 'utf8', timeout: PROBE_TIMEOUT_MS });
  return result.status === 0 ? result.stdout.trim() : null;
}

/**
 * Runs a command to its end; its output is kept and returned.
 * @throws {SetupError} when it cannot start or fails: the last lines of its output, and `hint`
 */
export async function runQuietly(command, args, { cwd, env, hint }) {
  const { code, output } = await capture(command, args, { cwd, env });
  if (code === 0) return output;
  throw new SetupError(`\`${[command, ...args].join(' ')}\` failed.\n${ends(output)}`, hint);
}

/** First and last lines of a long output: tools say what is wrong at either end. */
function ends(output) {
  const lines = output.trimEnd().split('\n');
  if (lines.length <= 2 * SHOWN_LINES) return lines.join('\n');
  return [...lines.slice(0, SHOWN_LINES), '…', ...lines.slice(-SHOWN_LINES)].join('\n');
}

/** Exit code and interleaved output of a command; a command that cannot start has code 127. */
export function capture(command, args, { cwd, env }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code, signal) =>
      resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() + (signal ? `\n${signal}` : '') }),
    );
  });
}

/**
 * Runs a command on this terminal and returns its exit code. Ctrl-C reaches the child from the terminal itself;
 * here it only keeps this process alive until the child has ended. SIGTERM is handed on.
 */
export function runAttached(command, args, { cwd, env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: 'inherit' });
    const waitForChild = () => {};
    const handOn = () => child.kill('SIGTERM');
    process.on('SIGINT', waitForChild).on('SIGTERM', handOn);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', waitForChild).off('SIGTERM', handOn);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}
