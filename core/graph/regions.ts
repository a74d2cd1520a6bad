/** The regions of a stage graph: stages that stream to each other, cut at exchanges that can be read again. */
import type { Stage, StageGraph } from './stage-graph.js';

/**
 * The regions of `graph`, each a list of stages whose last one the others stream to. A streaming exchange has one consumer and a stage one
 * output, so a region is a tree, and that last stage writes a spill file or is a sink.
 */
export function regionsOf({ stages, exchanges }: StageGraph): Stage[][] {
  const consumers = new Map(
    exchanges.filter(({ mode }) => mode === 'stream').map(({ id, consumers: [first] }) => [id, first]),
  );
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  const rootOf = (stage: Stage): Stage => {
    const consumer = stage.output === null ? undefined : byId.get(consumers.get(stage.output) ?? '');
    return consumer === undefined ? stage : rootOf(consumer);
  };
  const before = new Map<Stage, Stage[]>();
  for (const stage of stages) {
    const root = rootOf(stage);
    before.set(root, [...(before.get(root) ?? []), ...(stage === root ? [] : [stage])]);
  }
  return [...before].map(([root, others]) => [...others, root]);
}
