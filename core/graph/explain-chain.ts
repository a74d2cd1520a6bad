/** Why the calls of a Python stage are not steps of the stage before it, for EXPLAIN. */
import type { Exchange, PythonStage, Stage, StageGraph } from './stage-graph.js';

/**
 * Why the stage is not one with the Python stage whose results come in, as a line of EXPLAIN. Null where there is none.
 * Between the two may stand a relational stage.
 */
export function explainChain(
  stage: PythonStage,
  graph: Pick<StageGraph, 'stages' | 'exchanges'>,
): string | null {
  const reasons = stage.inputs.flatMap((input) => {
    const before = producerOf(input, graph);
    if (before?.kind === 'python') return [`not with ${before.id}: ${reason(before, stage)}`];
    if (before?.kind !== 'relational') return [];
    return before.inputs.flatMap((below) => {
      const python = producerOf(below, graph);
      if (python?.kind !== 'python') return [];
      return [`not with ${python.id}: ${before.id} works on its rows first`];
    });
  });
  return reasons.length === 0 ? null : reasons.join('; ');
}

function producerOf(exchange: string, { stages, exchanges }: Pick<StageGraph, 'stages' | 'exchanges'>) {
  const found: Exchange | undefined = exchanges.find(({ id }) => id === exchange);
  return stages.find((stage: Stage) => stage.id === found?.producer) ?? null;
}

function reason(before: PythonStage, stage: PythonStage): string {
  if (before.resourceGroup !== stage.resourceGroup) {
    return `other workers, ${before.resourceGroup} there and ${stage.resourceGroup} here`;
  }
  if (before.mode === 'filter') return 'only the rows that its filter keeps are called here';
  if (before.mode !== 'scalar') return 'its rows are others than those that it was called for';
  if (stage.mode !== 'scalar' && stage.mode !== 'filter' && stage.mode !== 'table')
    return 'whole groups are read here';
  if (guards(before) !== guards(stage)) return 'calls are made under another condition there';
  // Results are the group behind the kept ones.
  if (!stage.shippedGroups.includes(before.keptGroups.length)) return 'its results are not read here';
  return 'another operator of the plan makes those calls';
}

/** A word for each way in which the steps of a stage are guarded: by a column of CASE, AND, OR or COALESCE, or not. */
function guards({ steps }: PythonStage): string {
  return [...new Set(steps.map((step) => (step.guard === null ? 'each row' : 'guarded')))].sort().join();
}
