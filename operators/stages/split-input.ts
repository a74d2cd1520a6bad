/** What comes into a Python stage, from an exchange or from files; in the words of the protocol. */
import type { SplitSource } from '../../bridge/index.js';
import {
  type Exchange,
  MOST_BATCHES,
  type PythonStage,
  type SplitScan,
  type StageGraph,
} from '../../core/index.js';
import type { Engine } from '../engine.js';
import { columnSpecs, exchangeOf } from './open-relational.js';

/** Columns and groups that its workers are shipped of, from an exchange, from files or from the operator it stands in. */
export function inputOf(stage: PythonStage, graph: StageGraph): Pick<Exchange, 'columns' | 'groups'> {
  const { stream, source } = stage;
  if (stream !== null) return { columns: stream.shipped, groups: [stream.shipped.map((_, i) => i)] };
  return source?.input ?? exchangeOf(graph, stage.inputs[0]!);
}

/** What its workers read. */
export function splitSource(
  { shippedGroups, keptGroups }: PythonStage,
  { scan, files, input, joinsAnswers }: SplitScan,
  { sizes: { batchRows } }: Pick<Engine, 'sizes'>,
): SplitSource {
  const { columns, groups } = input;
  const positions = (group: number) => groups[group]!.map((column) => scan.outputs[column]!);
  return {
    files,
    columns: columnSpecs(scan.columns),
    shipped: shippedGroups.flatMap(positions),
    kept: keptGroups.map((group) => ({
      columns: columnSpecs(groups[group]!.map((column) => columns[column]!)),
      positions: positions(group),
    })),
    predicate: scan.predicate,
    batchRows,
    answerRows: joinsAnswers ? MOST_BATCHES * batchRows : batchRows,
  };
}
