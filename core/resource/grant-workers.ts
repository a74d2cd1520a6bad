/**
 * The memory for Python → workers of each group. Declared amounts come first, what is left is divided evenly among
 * the workers of the groups that declare none.
 */
import { ResourceError } from '../errors.js';
import { formatMemory, memorySetting } from './parse-memory.js';
import { MIN_FUNCTION_WORKER_BYTES } from './worker-minimum.js';

/** What a group asks for; `WorkerGroup` of a graph is one. */
export interface GroupDemand {
  readonly name: string;
  readonly functions: readonly string[];
  readonly least: number;
  readonly most: number;
  /** Declared cap of each worker; null: a share of what is left. */
  readonly memoryBytes: number | null;
  readonly cpus: number | null;
  readonly gpus: number | null;
}

/** What a group is given. */
export interface GroupGrant {
  readonly name: string;
  readonly functions: readonly string[];
  readonly least: number;
  readonly workers: number;
  /** Hard cap of each worker. */
  readonly capBytes: number;
  readonly cpus: number | null;
  readonly gpus: number | null;
}

/** What there is to give. */
export interface WorkerSupply {
  /** The share of the memory tree for Python. */
  readonly pythonBytes: number;
  /** Cap of a worker that declares none, at most. */
  readonly standardBytes: number;
  readonly cpus: number;
  readonly gpus: number;
}

/**
 * Gives every group at least its fewest workers, then more up to its most as memory and devices allow.
 * @throws {ResourceError} MEMORY_TOO_SMALL, RESOURCES_EXCEEDED, with the arithmetic
 */
export function grantWorkers(groups: readonly GroupDemand[], supply: WorkerSupply): GroupGrant[] {
  for (const group of groups) checkEach(group, supply);
  const workers = new Map(groups.map((group) => [group, group.least]));
  if (memoryOf(workers) > supply.pythonBytes) throw tooLittleMemory(groups, supply.pythonBytes);
  if (devicesOf(workers) > supply.gpus + SLACK) throw tooFewDevices(groups, supply.gpus);
  const fits = (wanted: ReadonlyMap<GroupDemand, number>) =>
    memoryOf(wanted) <= supply.pythonBytes && devicesOf(wanted) <= supply.gpus + SLACK;
  // One more for each in turn, so that no group takes what another needs to be more than one worker.
  let grew = true;
  while (grew) {
    grew = false;
    for (const group of groups) {
      const more = workers.get(group)! + 1;
      if (more > mostWorkers(group, supply) || !fits(new Map(workers).set(group, more))) continue;
      workers.set(group, more);
      grew = true;
    }
  }
  const capBytes = openCapBytes(workers, supply);
  return groups.map(({ name, functions, least, memoryBytes, cpus, gpus, ...group }, i) => ({
    name,
    functions,
    least,
    workers: workers.get(groups[i]!) ?? group.most,
    capBytes: memoryBytes ?? capBytes,
    cpus,
    gpus,
  }));
}

/** Sums of fractions such as 0.1 are not exact. */
const SLACK = 1e-6;

type Counts = ReadonlyMap<GroupDemand, number>;

/** The least that so many workers need. */
function memoryOf(workers: Counts): number {
  return [...workers].reduce((sum, [group, count]) => sum + count * leastBytes(group), 0);
}

function leastBytes({ memoryBytes }: GroupDemand): number {
  return memoryBytes ?? MIN_FUNCTION_WORKER_BYTES;
}

/** Whole devices and those that are shared: a share of one and a share of another are on the same where they fit. */
function devicesOf(workers: Counts): number {
  return [...workers].reduce((sum, [{ gpus }, count]) => {
    if (gpus === null) return sum;
    return sum + (gpus >= 1 ? gpus * count : Math.ceil(count / Math.floor(1 / gpus + SLACK)));
  }, 0);
}

/** A group that leaves its number open and asks for several cores has as many workers as there are such cores. */
function mostWorkers({ least, most, cpus }: GroupDemand, supply: WorkerSupply): number {
  return cpus === null ? most : Math.max(least, Math.min(most, Math.floor(supply.cpus / cpus + SLACK)));
}

function openCapBytes(workers: Counts, { pythonBytes, standardBytes }: WorkerSupply): number {
  const isOpen = ([{ memoryBytes }]: readonly [GroupDemand, number]) => memoryBytes === null;
  const open = [...workers].filter(isOpen).reduce((sum, [, count]) => sum + count, 0);
  if (open === 0) return 0;
  const declared = memoryOf(new Map([...workers].filter((entry) => !isOpen(entry))));
  return Math.min(standardBytes, Math.floor((pythonBytes - declared) / open));
}

function checkEach(group: GroupDemand, supply: WorkerSupply): void {
  const { memoryBytes, cpus, functions } = group;
  if (memoryBytes !== null && memoryBytes < MIN_FUNCTION_WORKER_BYTES) {
    throw new ResourceError(
      'MEMORY_TOO_SMALL',
      `${namesOf(functions)} cannot run in ${formatMemory(memoryBytes)}: interpreter, pyarrow and one bundle need ` +
        `${formatMemory(MIN_FUNCTION_WORKER_BYTES)}.`,
      { hint: `Declare memory="${memorySetting(MIN_FUNCTION_WORKER_BYTES)}" or more.` },
    );
  }
  if (cpus !== null && cpus > supply.cpus + SLACK) {
    throw new ResourceError(
      'RESOURCES_EXCEEDED',
      `${namesOf(functions)} asks for ${cpus} cores in one worker, the machine has ${supply.cpus}.`,
      { hint: `Declare cpus=${supply.cpus} or fewer.` },
    );
  }
}

function tooLittleMemory(groups: readonly GroupDemand[], pythonBytes: number): ResourceError {
  const parts = groups.map(
    (group) =>
      `${group.functions.join(', ')}: ${group.least === 1 ? '' : `${group.least} × `}${formatMemory(leastBytes(group))}`,
  );
  const needed = memoryOf(new Map(groups.map((group) => [group, group.least])));
  return new ResourceError(
    'MEMORY_TOO_SMALL',
    `The workers of the functions need ${parts.join(' + ')} = ${formatMemory(needed)}; there are ` +
      `${formatMemory(pythonBytes)} for Python.`,
    {
      hint: `Set 'millstream.python.memory' to ${memorySetting(needed)} or more, raise 'millstream.memory', or lower what they declare.`,
    },
  );
}

function tooFewDevices(groups: readonly GroupDemand[], gpus: number): ResourceError {
  const asking = groups.filter((group) => group.gpus !== null);
  const parts = asking.map(
    (group) => `${group.functions.join(', ')}: ${group.least === 1 ? '' : `${group.least} × `}${group.gpus}`,
  );
  return new ResourceError(
    'RESOURCES_EXCEEDED',
    `The functions ask for GPUs (${parts.join(' + ')}); Millstream sees ${gpus === 0 ? 'none' : gpus} here.`,
    {
      hint: "Name the devices with 'millstream.gpus', or take gpus out where the function also runs without.",
    },
  );
}

function namesOf(functions: readonly string[]): string {
  return functions.length === 1 ? `Function ${functions[0]}` : `Each of ${functions.join(', ')}`;
}
