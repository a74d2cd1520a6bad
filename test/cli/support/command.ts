/** The built command as a process of its own (`npm test` builds it; `npm run build` does without tests). */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Starts `millstream` with the root of the clone as its working directory. */
export function startMillstream(args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [join(ROOT, 'dist/cli/main.js'), ...args], { cwd: ROOT });
}

/** Runs `millstream` to its end. */
export async function millstream(args: readonly string[], input = ''): Promise<Ended> {
  const child = startMillstream(args);
  child.stdin.end(input);
  return ended(child);
}

/** Resolves when the process has ended and its output is complete. */
export function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  return new Promise((resolve) => {
    child.on('close', (code) =>
      resolve({ code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() }),
    );
  });
}
