/** Whether aggregates by group pay in two phases: of what the files say that their first phase reads. */
import type { PythonStage, StageGraph } from './stage-graph.js';

/** An accumulator made, sent and merged costs as much as sorting some 26 rows of two doubles (docs/decisions/0016). */
const LEAST_ROWS_OF_GROUP = 26;

/** True where each first phase by group reads files with few groups. @param batchRows the rows that it takes at once */
export function hasFewGroups(graph: StageGraph, batchRows: number): boolean {
  const partial = graph.stages.filter((stage) => stage.kind === 'python' && stage.mode === 'partial');
  return (partial as PythonStage[]).every(
    (stage) => stage.keyColumns.length === 0 || rowsOfGroup(stage, batchRows) >= LEAST_ROWS_OF_GROUP,
  );
}

/** The rows of a group in one batch, about; 0 where it is not known. */
function rowsOfGroup({ source }: PythonStage, batchRows: number): number {
  if (source === null || source.mostGroups === null) return 0;
  const { splits, mostGroups } = source;
  const rows = splits.reduce((sum, split) => sum + split.rows, 0);
  const rowGroups = splits.reduce((sum, split) => sum + split.rowGroups, 0);
  return Math.min(batchRows, rows / Math.max(1, rowGroups)) / Math.max(1, mostGroups);
}
