import type { StageGraph } from '../../core/index.js';

/**
 * The stages behind stages that a checkpoint does not know: where the statement was changed, rows come to those that had ended
 * in it.
 * @param fresh ids of the unknown ones
 */
export function behindFresh(graph: StageGraph, fresh: ReadonlySet<string>): ReadonlySet<string> {
  const producers = new Map(graph.exchanges.map(({ id, producer }) => [id, producer]));
  const reached = new Set<string>();
  const isReached = (id: string): boolean => fresh.has(id) || reached.has(id);
  for (let before = -1; before !== reached.size; ) {
    before = reached.size;
    for (const { id, inputs } of graph.stages)
      if (inputs.some((input) => isReached(producers.get(input)!))) reached.add(id);
  }
  return reached;
}
