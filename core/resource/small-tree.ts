/** The split of a memory in which the parts of `memory-tree.ts` have no room: of jobs that call no functions. */
import { ResourceError } from '../errors.js';
import { type BasePart, baseParts, type MemoryPart, type MemoryTree } from './memory-tree.js';
import { formatMemory, MIB, memorySetting } from './parse-memory.js';
import { MIN_RELATIONAL_WORKER_BYTES, SMALL_RELATIONAL_WORKER_BYTES } from './worker-minimum.js';

/** Measured for `SELECT 1` and GROUP BY over 3 million rows: core 100 MiB resident, its zygote 46, its worker 9 and 28. */
const SMALLEST: Readonly<Record<BasePart, number>> = {
  overhead: 48 * MIB,
  coreHeap: 112 * MIB,
  exchange: 32 * MIB,
};

/**
 * Splits `totalBytes`: the parts grow with it evenly, from the smallest with which a query runs to those of
 * `memoryTree`.
 * @throws {ResourceError} MEMORY_TOO_SMALL, with the sum and the least total that works
 */
export function smallTree(
  totalBytes: number,
  fixed: Partial<Readonly<Record<MemoryPart, number>>> = {},
): MemoryTree {
  const smallest = partsOf((part) => SMALLEST[part], fixed);
  const least = sumOf(smallest) + (fixed.relational ?? SMALL_RELATIONAL_WORKER_BYTES);
  if (totalBytes < least) throw tooSmall(totalBytes, smallest, fixed.relational, least);
  const usual = baseParts(totalBytes, fixed);
  const room = sumOf(usual) + (fixed.relational ?? MIN_RELATIONAL_WORKER_BYTES) - least;
  const share = room <= 0 ? 0 : Math.min(1, (totalBytes - least) / room);
  const base = partsOf((part) => Math.floor(smallest[part] + share * (usual[part] - smallest[part])), fixed);
  const relational = fixed.relational ?? totalBytes - sumOf(base);
  return { total: totalBytes, ...base, relational, python: 0, state: 0 };
}

type BaseParts = Record<BasePart, number>;

function partsOf(
  bytes: (part: BasePart) => number,
  fixed: Partial<Readonly<Record<MemoryPart, number>>>,
): BaseParts {
  const part = (name: BasePart) => fixed[name] ?? bytes(name);
  return { overhead: part('overhead'), coreHeap: part('coreHeap'), exchange: part('exchange') };
}

function sumOf({ overhead, coreHeap, exchange }: BaseParts): number {
  return overhead + coreHeap + exchange;
}

function tooSmall(
  totalBytes: number,
  { overhead, coreHeap, exchange }: BaseParts,
  relational: number | undefined,
  least: number,
): ResourceError {
  const parts = [
    `overhead ${formatMemory(overhead)}`,
    `core ${formatMemory(coreHeap)}`,
    `exchanges ${formatMemory(exchange)}`,
    `relational workers ${formatMemory(relational ?? SMALL_RELATIONAL_WORKER_BYTES)}`,
  ];
  return new ResourceError(
    'MEMORY_TOO_SMALL',
    `The job does not fit into ${formatMemory(totalBytes)}: ${parts.join(' + ')} = ${formatMemory(least)}.`,
    { hint: `Set 'millstream.memory' to ${memorySetting(least)} or more, or lower what is fixed.` },
  );
}
