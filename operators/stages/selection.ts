/** Row selections: what keeps column groups of different stages side by side without copying their bodies. */
import type { Batch, ColumnGroup } from '../../core/index.js';

/**
 * The group seen through `selection`: positions in the rows that `group` contributes now.
 * A null selection leaves the group as it is. Bodies are shared, only the Int32 positions are new.
 */
export function selectRows(group: ColumnGroup, selection: Int32Array | null): ColumnGroup {
  if (selection === null) return group;
  return { ...group, selection: group.selection === null ? selection : compose(group.selection, selection) };
}

/** Groups of `batch` at `positions`, seen through `selection`. */
export function keepGroups(
  batch: Batch,
  positions: readonly number[],
  selection: Int32Array | null,
): ColumnGroup[] {
  return positions.map((position) => selectRows(batch.groups[position]!, selection));
}

function compose(first: Int32Array, second: Int32Array): Int32Array {
  const composed = new Int32Array(second.length);
  for (let i = 0; i < second.length; i++) composed[i] = first[second[i]!]!;
  return composed;
}
