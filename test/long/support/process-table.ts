/** Processes of a running command, read from /proc: the core, its zygotes, their workers. */
import { readdir, readFile, readlink } from 'node:fs/promises';

/** Workers of the command `core`: the children of its zygotes. */
export async function workersOf(core: number): Promise<number[]> {
  const zygotes = await childrenOf(core);
  return (await Promise.all(zygotes.map(childrenOf))).flat();
}

/** Direct children. */
export async function childrenOf(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(
    tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => '')),
  );
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}

/** What a process holds now; null once it is gone. */
export interface Holding {
  readonly residentBytes: number;
  /** Of those, shared memory that it has mapped: the core's exchange buffers, whoever uses them. */
  readonly sharedBytes: number;
  readonly descriptors: number;
  readonly threads: number;
}

export async function holdingOf(pid: number): Promise<Holding | null> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const descriptors = await readdir(`/proc/${pid}/fd`);
    const number = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    return {
      residentBytes: number('VmRSS') * 1024,
      sharedBytes: number('RssShmem') * 1024,
      descriptors: descriptors.length,
      threads: number('Threads'),
    };
  } catch {
    return null;
  }
}

/** What descriptors of this process are open on, by kind: pipes and sockets without their numbers. */
export async function openDescriptors(): Promise<string[]> {
  const names = await readdir('/proc/self/fd');
  const targets = await Promise.all(names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => null)));
  return targets.flatMap((target) => target?.replace(/:\[\d+\]/, '') ?? []).sort();
}
