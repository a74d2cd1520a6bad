import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { whyNotTried } from '../../bridge/isolation/detect.js';
import { python } from './support/bridge-options.js';

const CORE = fileURLToPath(new URL('../fixtures/workers/core.ts', import.meta.url));

interface Report {
  /** Workers and what they started, one of that in a session of its own. */
  readonly pids: readonly number[];
  readonly cgroups: readonly string[];
  /** Null where the machine has no file system in memory. */
  readonly sharedMemory: string | null;
}

const folder = mkdtempSync(join(tmpdir(), 'ms-t-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a core that is killed with SIGKILL', () => {
  const levels = whyNotTried() === null ? ['off', 'standard'] : ['off'];
  it.each(levels)(
    'leaves no process, no socket, no shared memory and no cgroup behind; isolation %s',
    async (level) => {
      const core = spawn(process.execPath, ['--import', 'tsx', CORE, level], {
        env: { ...process.env, MILLSTREAM_PYTHON: python, TMPDIR: folder, XDG_RUNTIME_DIR: folder },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = once(core, 'exit').then(() => ['"the core ended early"']);
      const [line] = await Promise.race([once(createInterface(core.stdout), 'line'), ended]);
      const { pids, cgroups, sharedMemory }: Report = JSON.parse(line);
      expect(pids).toHaveLength(3);
      expect(sharedMemory === null || existsSync(sharedMemory)).toBe(true);
      expect(pids.filter(isAlive)).toEqual(pids);
      expect(socketFolders()).toHaveLength(1);

      core.kill('SIGKILL');

      await expect.poll(() => pids.filter(isAlive), { timeout: 5_000 }).toEqual([]);
      await expect.poll(socketFolders, { timeout: 5_000 }).toEqual([]);
      await expect
        .poll(() => sharedMemory !== null && existsSync(sharedMemory), { timeout: 5_000 })
        .toBe(false);
      await expect.poll(() => cgroups.filter((path) => existsSync(path)), { timeout: 5_000 }).toEqual([]);
    },
  );
});

function socketFolders(): string[] {
  return readdirSync(folder).filter((name) => name.startsWith('ms-'));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
