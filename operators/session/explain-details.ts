/** What EXPLAIN adds for the details it is asked for. */
import type { ExplainDetail, Stage, StageGraph, StreamOperator } from '../../core/index.js';

/** Text behind the plan; details without a meaning here are said in a note. */
export function explainDetails(
  details: readonly ExplainDetail[],
  graph: StageGraph,
  onNote: (note: string) => void,
): string {
  for (const detail of details) {
    if (detail !== 'CHANGELOG_MODE')
      onNote(`EXPLAIN ${detail} adds nothing here: the plan shows what there is`);
  }
  return details.includes('CHANGELOG_MODE') ? `\n\n== Changelog mode ==\n${changelogModes(graph)}` : '';
}

/** Whether the rows that a stage gives may change later: in Flink's letters for its kinds of change. */
function changelogModes(graph: StageGraph): string {
  const changing = new Set<string>();
  for (const stage of graph.stages) {
    const operator = operatorOf(stage);
    const changes =
      operator !== null && operator.kind !== 'calc'
        ? operator.outputs.some((output) => output.kind === 'change')
        : stage.inputs.some((input) => changing.has(input));
    if (changes && stage.output !== null) changing.add(stage.output);
  }
  if (changing.size === 0) return 'every stage: [I], rows are only added';
  const giving = graph.stages.filter((stage) => stage.output !== null);
  return giving
    .map((stage) => `${stage.id}: ${changing.has(stage.output!) ? '[I,UB,UA,D]' : '[I]'}`)
    .join('\n');
}

/** The operator of the core that a stage is, or that stands in it. */
function operatorOf(stage: Stage): StreamOperator<number> | null {
  if (stage.kind === 'stream') return stage.operator;
  return stage.kind === 'python' ? (stage.stream?.operator ?? null) : null;
}
