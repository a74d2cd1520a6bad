/** The regions of a stage graph: stages that stream to each other, cut at exchanges that can be read again. */
import type { Stage, StageGraph } from './stage-graph.js';

/**
 * The regions of `graph`, each a list of stages with those that write a spill file or are sinks behind the others: one, or several where an
 * exchange streams to more than one consumer.
 */
export function regionsOf({ stages, exchanges }: StageGraph): Stage[][] {
  const readers = new Map(
    exchanges.map(({ id, mode, consumers }) => [id, mode === 'stream' ? consumers : []]),
  );
  const regionOf = new Map(stages.map((stage) => [stage.id, { stages: [stage] }]));
  for (const { id, output } of stages) {
    for (const reader of output === null ? [] : (readers.get(output) ?? [])) {
      const [own, other] = [regionOf.get(id)!, regionOf.get(reader)!];
      if (own === other) continue;
      own.stages.push(...other.stages);
      for (const stage of other.stages) regionOf.set(stage.id, own);
    }
  }
  const streamsOn = ({ output }: Stage) => output !== null && (readers.get(output) ?? []).length > 0;
  return [...new Set(regionOf.values())].map((region) => {
    const ordered = stages.filter((stage) => regionOf.get(stage.id) === region);
    return [...ordered.filter(streamsOn), ...ordered.filter((stage) => !streamsOn(stage))];
  });
}
