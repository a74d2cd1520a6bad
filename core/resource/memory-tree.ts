/**
 * One number → the budgets of all parts, as Flink's FLIP-49: fixed parts first, what is left goes to the kinds of
 * managed memory that the job has.
 *
 *   total
 *   ├── overhead     10 %, 64 MiB to 1 GiB    zygote, page tables, native libraries
 *   ├── core heap    10 %, 192 MiB to 1 GiB   the Node process
 *   ├── exchange     10 %, 64 MiB to 1 GiB    batches in flight, held for replay, shared memory
 *   └── managed      the rest: each kind that is present gets its least and a share of what remains by weight
 *       ├── relational  weight 40    ├── python  weight 40    └── state  weight 20
 */
import { ResourceError } from '../errors.js';
import { formatMemory, MIB, memorySetting } from './parse-memory.js';

export type ManagedKind = 'relational' | 'python' | 'state';
export type MemoryPart = 'overhead' | 'coreHeap' | 'exchange' | ManagedKind;

/** Bytes of each part; they sum to `total` or, where no kind of managed memory is present, to less. */
export type MemoryTree = { readonly total: number } & { readonly [P in MemoryPart]: number };

export interface MemoryTreeOptions {
  /** The machine's or container's memory, or `millstream.memory`. */
  readonly totalBytes: number;
  /** The least that each kind of managed memory needs; 0: the job has none of it. */
  readonly leastBytes: Readonly<Record<ManagedKind, number>>;
  /** Parts that the configuration fixes; the rest derives from what is left. */
  readonly fixed?: Partial<Readonly<Record<MemoryPart, number>>>;
}

/**
 * Splits the total.
 * @throws {ResourceError} MEMORY_TOO_SMALL, with the sum and the least total that works
 */
export function memoryTree(options: MemoryTreeOptions): MemoryTree {
  const { totalBytes, leastBytes, fixed = {} } = options;
  const base = baseParts(totalBytes, fixed);
  const least = leastManaged(leastBytes, fixed);
  const remaining = totalBytes - sum(base) - sum(least);
  if (remaining < 0) throw tooSmall(options, base, least);
  const open = MANAGED.filter((kind) => leastBytes[kind] > 0 && fixed[kind] === undefined);
  const weights = open.reduce((total, kind) => total + WEIGHTS[kind], 0);
  const managed = { ...least };
  for (const kind of open) managed[kind] += Math.floor((remaining * WEIGHTS[kind]) / weights);
  return { total: totalBytes, ...base, ...managed };
}

const WEIGHTS: Readonly<Record<ManagedKind, number>> = { relational: 40, python: 40, state: 20 };
const MANAGED = ['relational', 'python', 'state'] as const;

export type BasePart = Exclude<MemoryPart, ManagedKind>;

const BASE: Readonly<Record<BasePart, { readonly leastBytes: number; readonly mostBytes: number }>> = {
  overhead: { leastBytes: 64 * MIB, mostBytes: 1024 * MIB },
  coreHeap: { leastBytes: 192 * MIB, mostBytes: 1024 * MIB },
  exchange: { leastBytes: 64 * MIB, mostBytes: 1024 * MIB },
};
const BASE_FRACTION = 0.1;

/** What is not managed memory: fixed, or a tenth of the total within its bounds. */
export function baseParts(
  totalBytes: number,
  fixed: Partial<Readonly<Record<MemoryPart, number>>>,
): Record<BasePart, number> {
  const part = (name: BasePart): number => {
    const { leastBytes, mostBytes } = BASE[name];
    return fixed[name] ?? Math.min(mostBytes, Math.max(leastBytes, Math.floor(totalBytes * BASE_FRACTION)));
  };
  return { overhead: part('overhead'), coreHeap: part('coreHeap'), exchange: part('exchange') };
}

/** A fixed kind of managed memory is taken as it is, also where it is below its least: the worker's own check refuses it. */
function leastManaged(
  leastBytes: Readonly<Record<ManagedKind, number>>,
  fixed: Partial<Readonly<Record<MemoryPart, number>>>,
): Record<ManagedKind, number> {
  const part = (kind: ManagedKind): number => (leastBytes[kind] > 0 ? (fixed[kind] ?? leastBytes[kind]) : 0);
  return { relational: part('relational'), python: part('python'), state: part('state') };
}

function tooSmall(
  options: MemoryTreeOptions,
  base: Record<BasePart, number>,
  least: Record<ManagedKind, number>,
): ResourceError {
  const parts = Object.entries({ ...base, ...least })
    .filter(([, bytes]) => bytes > 0)
    .map(([name, bytes]) => `${LABELS[name as MemoryPart]} ${formatMemory(bytes)}`);
  const needed = sum(base) + sum(least);
  return new ResourceError(
    'MEMORY_TOO_SMALL',
    `The job does not fit into ${formatMemory(options.totalBytes)}: ${parts.join(' + ')} = ${formatMemory(needed)}.`,
    {
      hint: `Set 'millstream.memory' to ${memorySetting(leastTotal(options))} or more, or lower what is fixed.`,
    },
  );
}

const LABELS: Readonly<Record<MemoryPart, string>> = {
  overhead: 'overhead',
  coreHeap: 'core',
  exchange: 'exchanges',
  relational: 'relational workers',
  python: 'Python workers',
  state: 'state',
};

/** The least total that `memoryTree` accepts, in whole MiB: the parts grow with it, so it is searched for. */
export function leastTotal({ leastBytes, fixed = {} }: Omit<MemoryTreeOptions, 'totalBytes'>): number {
  const managed = sum(leastManaged(leastBytes, fixed));
  let low = 0;
  let high = Math.ceil((managed + sum(baseParts(Number.MAX_SAFE_INTEGER, fixed))) / MIB);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const total = middle * MIB;
    if (total - sum(baseParts(total, fixed)) >= managed) high = middle;
    else low = middle + 1;
  }
  return low * MIB;
}

function sum(parts: Readonly<Record<string, number>>): number {
  return Object.values(parts).reduce((total, bytes) => total + bytes, 0);
}
