/** Which columns of a plan are wanted, and by whom: columns with the same wanters travel in one group. */

/** For each wanted column id a text that names its wanters; equal texts, one column group. */
export type Demand = ReadonlyMap<string, string>;

/** The wanted ids by group, groups and ids in the order of `ids`. */
export function groupByWanters(ids: readonly string[], demand: Demand): string[][] {
  const groups = new Map<string, string[]>();
  for (const id of ids) {
    const wanters = demand.get(id);
    if (wanters === undefined) continue;
    const group = groups.get(wanters);
    if (group === undefined) groups.set(wanters, [id]);
    else group.push(id);
  }
  return [...groups.values()];
}

/** Adds a wanter to the columns. */
export function withWanter(demand: Map<string, string>, ids: Iterable<string>, wanter: string): void {
  for (const id of new Set(ids)) demand.set(id, `${demand.get(id) ?? ''}|${wanter}`);
}
