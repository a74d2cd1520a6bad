/** The command killed with SIGKILL at a moment that the seed says: nothing of it stays. */
import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { whyNotTried } from '../../bridge/isolation/detect.js';
import { ownCgroupV1, ownCgroupV2 } from '../../bridge/limits/cgroup-paths.js';
import { FileTree } from '../../bridge/limits/file-tree.js';
import { endOf, JobFolder, run } from '../reliability/support/failing-run.js';
import { SeededRandom } from '../support/seeded-random.js';
import { seeds } from '../support/seeds.js';
import { SLOW_JOB } from './support/slow-job.js';
import { until } from './support/until.js';

const RUNS = 100;
/** From the kill to the last trace. */
const BOUND_MS = 10_000;

describe.skipIf(process.platform !== 'linux')('a command that is killed at any moment', () => {
  const levels = whyNotTried() === null ? ['off', 'standard'] : ['off'];
  it.each(levels)(
    `leaves no process, socket, file, cgroup or shared memory; ${RUNS} runs, isolation %s`,
    async (level) => {
      const job = { ...SLOW_JOB, args: ['-D', `millstream.isolation=${level}`] };
      const times: number[] = [];
      const cores: number[] = [];
      for (const seed of seeds(RUNS, RUNS)) {
        const random = new SeededRandom(seed);
        const folder = await JobFolder.make(job);
        try {
          const child = folder.start(job);
          const end = endOf(child);
          cores.push(child.pid!);
          await pause(random.next() * 3_000);
          child.kill('SIGKILL');
          await end;
          const killedMs = performance.now();

          const left = () => traces(folder, child.pid!);
          expect(await until(left, (names) => names.length === 0, BOUND_MS), `seed ${seed}`).toEqual([]);
          times.push(performance.now() - killedMs);
        } finally {
          await folder.remove();
        }
      }
      // A kill while the machine is asked for its caps: no zygote knows yet, the next start removes what is left.
      await run({ sql: 'SELECT 1' });
      expect(cores.flatMap((pid) => cgroups(pid))).toEqual([]);
      times.sort((a, b) => a - b);
      const of = (share: number) => Math.round(times[Math.floor(share * (times.length - 1))]!);
      console.log(
        `figure (${times.length} runs): ${times.length} kills of the core, isolation ${level}, gone after ${of(0.5)} ms (median), ${of(1)} ms (longest)`,
      );
    },
  );
});

async function traces(folder: JobFolder, pid: number): Promise<string[]> {
  const processes = (await folder.processes()).map((id) => `process ${id}`);
  // A folder may go while it is listed.
  const files = await folder.left().catch((error: Error) => [error.message]);
  const ofWorkers = cgroups(pid).filter((name) => !name.endsWith('-probe'));
  return [...processes, ...files, ...ofWorkers, ...sharedMemory(pid)];
}

function cgroups(pid: number): string[] {
  const files = new FileTree();
  const parents = [
    ownCgroupV2(files),
    ...['memory', 'pids', 'cpu'].map((controller) => ownCgroupV1(files, controller)),
  ];
  return [...new Set(parents)].flatMap((parent) =>
    parent === null ? [] : files.list(parent).filter((name) => name.startsWith(`millstream-${pid}-`)),
  );
}

function sharedMemory(pid: number): string[] {
  return readdirSync('/dev/shm').filter((name) => name.includes(`-${pid}-`));
}
