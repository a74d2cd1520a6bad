/** A memory cgroup with little memory in it, and a core that runs there (`fixtures/workers/crowded-core.ts`). */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CapLevel } from '../../../bridge/index.js';
import { ownCgroupV1 } from '../../../bridge/limits/cgroup-paths.js';
import { FileTree } from '../../../bridge/limits/file-tree.js';
import { python } from './bridge-options.js';

const CORE = fileURLToPath(new URL('../../fixtures/workers/crowded-core.ts', import.meta.url));
/** Enough for core and zygote. */
const MEMORY_BYTES = 400 << 20;

/** Null where this machine makes no such group. */
export class CrowdedGroup {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static make(): CrowdedGroup | null {
    const own = ownCgroupV1(new FileTree(), 'memory');
    if (own === null) return null;
    const folder = join(own, `millstream-test-${process.pid}-crowded`);
    try {
      mkdirSync(folder);
      writeFileSync(join(folder, 'memory.limit_in_bytes'), String(MEMORY_BYTES));
      return new CrowdedGroup(folder);
    } catch {
      return null;
    }
  }

  /** The verdict on a worker that fills the group, with caps of this level. */
  verdict(level: CapLevel): unknown {
    const command = `echo $$ > ${join(this.#folder, 'cgroup.procs')} && exec "$@"`;
    const core = [process.execPath, '--import', 'tsx', CORE, level];
    const { stdout, stderr } = spawnSync('sh', ['-c', command, 'sh', ...core], {
      encoding: 'utf8',
      cwd: dirname(dirname(dirname(CORE))),
      env: { ...process.env, MILLSTREAM_PYTHON: python },
    });
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout);
  }

  remove(): void {
    rmdirSync(this.#folder);
  }
}
