/** Runs every escape of `test/fixtures/isolation/escapes.py` in one worker at one level. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bridge, type IsolationOptions, type Worker } from '../../../../bridge/index.js';
import { ownCgroupV1, ownCgroupV2 } from '../../../../bridge/limits/cgroup-paths.js';
import { FileTree } from '../../../../bridge/limits/file-tree.js';
import { held } from '../../../support/held-parts.js';
import { columnGroup, readGroup } from '../../support/arrow.js';
import { bridgeOptions, python, workerSpec } from '../../support/bridge-options.js';
import { scalarStage } from '../../support/stages.js';
import type { Targets } from './targets.js';

export interface Attempt {
  readonly name: string;
  readonly needs: readonly string[];
  readonly level: 'standard' | 'strict';
}

/** What the fixture says of itself. */
export function attempts(): Attempt[] {
  const fixture = new URL('../../../fixtures/isolation/escapes.py', import.meta.url).pathname;
  return JSON.parse(execFileSync(python, [fixture], { encoding: 'utf8' }));
}

/** How a job of the targets' folder is isolated. */
export function isolationAt(level: IsolationOptions['level'], targets: Targets): IsolationOptions {
  return {
    level,
    workingDirectory: targets.job,
    network: false,
    readable: () => [targets.job],
    granted: [],
    writable: [],
    environment: [],
    temporaryBytes: 32 << 20,
  };
}

/** Names of the attempts that succeeded. `isolation` null: with the rights of the core. */
export async function escaped(
  all: readonly Attempt[],
  targets: Targets,
  isolation: IsolationOptions | null,
): Promise<Set<string>> {
  const options = bridgeOptions({ isolation });
  const bridge = Bridge.start(options);
  try {
    const outer = await bridge.startWorker(workerSpec({ kind: 'relational' }));
    const spec = { workingDirectory: targets.job, environment: {} };
    const sibling = await bridge.startWorker(workerSpec(spec));
    const limit = limitOf(sibling.id);
    if (limit !== null) targets.met.add('cgroup');
    const aims = { outer_socket: socketOf(outer, targets.run), sibling: innerPid(sibling), limit };
    const ESCAPES = targets.variable(aims);
    const worker = await bridge.startWorker(workerSpec({ ...spec, environment: { ESCAPES } }));
    await worker.loadFunctions([targets.job], [{ name: 'attempt', target: 'escapes.attempt' }]);
    const stage = await worker.openFunctionStage(scalarStage('attempt'));
    const succeeded = new Set<string>();
    for (const [sequence, { name }] of all.entries()) {
      const groups = [columnGroup(options.schemas, { a: Float64Array.of(sequence), b: Float64Array.of(0) })];
      const { batches } = await stage.process({ sequence, rows: 1, groups, continued: false });
      const claimed = readGroup(options.schemas, held(batches)[0]!.group!).getChildAt(0)!.get(0) === 1;
      if (await targets.seenFromOutside(name, claimed)) succeeded.add(name);
    }
    return succeeded;
  } finally {
    await bridge.close();
    targets.renew();
  }
}

function socketOf({ id }: Worker, folder: string): string {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return join(folder, paths.find((path) => path.endsWith(`${id}.c`))!);
}

/** The worker's process id as its siblings know it. */
function innerPid({ pid }: Worker): number {
  const line = /^NSpid:(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line![1]!.trim().split(/\s+/).at(-1));
}

/** The file that says the cap of a worker; null where the kernel does not enforce it. */
function limitOf(worker: string): string | null {
  const files = new FileTree();
  const folders = [
    [ownCgroupV2(files), 'memory.max'],
    [ownCgroupV1(files, 'memory'), 'memory.limit_in_bytes'],
  ] as const;
  for (const [folder, file] of folders) {
    const group = folder === null ? [] : files.list(folder);
    const name = group.find(
      (found) => found.startsWith(`millstream-${process.pid}-`) && found.endsWith(`-${worker}`),
    );
    if (name !== undefined && files.read(join(folder!, name, file)) !== null)
      return join(folder!, name, file);
  }
  return null;
}
