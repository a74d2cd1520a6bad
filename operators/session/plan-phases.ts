/** Whether Python aggregates begin where their rows are read: planned so, and planned again where the files speak against it. */
import { type AggregatePhases, hasFewGroups, type StageGraph } from '../../core/index.js';
import type { PlannedQueries } from './plan-queries.js';

/** The steps from bound queries to the graph that runs them. */
export interface PlanningSteps {
  readonly plan: (phases: AggregatePhases) => PlannedQueries;
  /** Gives scans to the stages that read them. */
  readonly fuse: (graph: StageGraph) => Promise<StageGraph>;
}

/** The plan with scans given away. @param batchRows as in `hasFewGroups` */
export async function planPhases(
  phases: AggregatePhases,
  batchRows: number,
  { plan, fuse }: PlanningSteps,
): Promise<PlannedQueries> {
  const first = plan(phases === 'auto' ? 'few_groups' : phases);
  const graph = await fuse(first.graph);
  if (phases !== 'auto' || hasFewGroups(graph, batchRows)) return { ...first, graph };
  const sorted = plan('auto');
  return { ...sorted, graph: await fuse(sorted.graph) };
}
