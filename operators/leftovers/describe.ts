import { formatMemory } from '../../core/index.js';
import type { Leftover } from './sweep.js';

/** One phrase: `2 folders and 1 file, 1.2 GiB, which nightly.sql (pid 4711) had left`. */
export function describeLeftovers(leftovers: readonly Leftover[]): string {
  const counts = KINDS.flatMap(([kind, one, many]) => {
    const count = leftovers.filter((leftover) => leftover.kind === kind).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  });
  const bytes = leftovers.reduce((sum, leftover) => sum + leftover.bytes, 0);
  const owners = [...new Set(leftovers.map(({ owner }) => owner))];
  const whose = owners.length > 3 ? `${owners.length} dead sessions` : owners.join(', ');
  return `${counts.join(', ')}, ${formatMemory(bytes)}, which ${whose} had left`;
}

const KINDS = [
  ['processes', 'group of processes', 'groups of processes'],
  ['cgroup', 'cgroup', 'cgroups'],
  ['folder', 'folder', 'folders'],
  ['file', 'file', 'files'],
] as const;
