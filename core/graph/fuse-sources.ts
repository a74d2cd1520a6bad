/** Gives scans of Parquet files to the Python stages that read them: then no bytes cross a process before the function. */
import { cutSplits } from './cut-splits.js';
import type { PlainScan, RowGroup, SplitFile } from './split-scan.js';
import type { PythonStage, RelationalStage, StageGraph } from './stage-graph.js';

/** What the files of a scan have. */
export interface DescribedScan {
  readonly files: readonly SplitFile[];
  readonly rowGroups: readonly (readonly RowGroup[])[];
  /** As in `SplitScan`. */
  readonly mostGroups: number | null;
}

/**
 * Describes a scan, or says as the end of a sentence why a function worker does not read it.
 * @param keys Positions of columns of the scan.
 */
export type DescribeScan = (
  scan: PlainScan,
  functionName: string,
  keys: readonly number[],
) => Promise<DescribedScan | string>;

/** `auto`: where there are as many workers as cores, so that nobody else could read meanwhile. */
export type SourceFusion = 'auto' | 'on' | 'off';

/** What decides. */
export interface FusionOptions {
  readonly fusion: SourceFusion;
  readonly cores: number;
  readonly batchRows: number;
  /** Why no function worker reads tables; null: they may. */
  readonly forbidden: string | null;
  readonly isAsync: (functionName: string) => boolean;
  readonly describe: DescribeScan;
}

/** A Python stage and the scan in front of it. */
interface Candidate {
  readonly stage: PythonStage;
  readonly producer: RelationalStage;
}

/** Rows of a row group that is cut for one piece: those in front of it are decoded in vain. */
const MOST_ROWS_OF_GROUP = 1 << 22;

/** The graph with such scans inside their Python stages; where one is not, the stage says why. */
export async function fuseSources(graph: StageGraph, options: FusionOptions): Promise<StageGraph> {
  const decided = new Map<string, PythonStage>();
  const gone = new Set<string>();
  for (const candidate of candidatesOf(graph)) {
    const { stage, producer } = candidate;
    const fused = await fuse(graph, candidate, options);
    if (typeof fused === 'string') {
      decided.set(stage.id, { ...stage, notFused: fused });
      continue;
    }
    decided.set(stage.id, fused);
    gone.add(producer.id);
  }
  return {
    ...graph,
    stages: graph.stages.filter(({ id }) => !gone.has(id)).map((stage) => decided.get(stage.id) ?? stage),
    exchanges: graph.exchanges.filter(({ producer }) => !gone.has(producer)),
  };
}

function candidatesOf(graph: StageGraph): Candidate[] {
  if (graph.mode === 'streaming') return [];
  return graph.stages.flatMap((stage) => {
    if (stage.kind !== 'python') return [];
    const exchange = graph.exchanges.find(({ id }) => id === stage.inputs[0]);
    const producer = graph.stages.find(({ id }) => id === exchange?.producer);
    return producer?.kind === 'relational' && producer.files.length > 0 ? [{ stage, producer }] : [];
  });
}

async function fuse(
  graph: StageGraph,
  { stage, producer }: Candidate,
  options: FusionOptions,
): Promise<PythonStage | string> {
  const { scan } = producer;
  const input = graph.exchanges.find(({ id }) => id === stage.inputs[0])!;
  const obstacle = typeof scan === 'string' ? scan : obstacleTo(stage, scan, options);
  if (obstacle !== null || typeof scan === 'string') return obstacle!;
  if (input.consumers.length > 1) return 'others read the same rows';
  const shipped = stage.shippedGroups.flatMap((group) => input.groups[group]!);
  const keys = stage.keyColumns.map((column) => scan.outputs[shipped[column]!]!);
  const found = await options.describe(scan, stage.steps[0]!.function, keys);
  if (typeof found === 'string') return found;
  if (found.rowGroups.some((groups) => groups.some(({ rows }) => rows > MOST_ROWS_OF_GROUP)))
    return `a row group has more than ${MOST_ROWS_OF_GROUP} rows`;
  const splits = cutSplits(found.rowGroups, { workers: stage.parallelism, batchRows: options.batchRows });
  const { columns, groups } = input;
  const readers = graph.stages.filter(({ inputs }) => inputs.some((input) => input === stage.output));
  const joinsAnswers = readers.every(({ kind }) => kind === 'relational');
  const { files, mostGroups } = found;
  const source = { scan, files, splits, mostGroups, joinsAnswers, input: { columns, groups } };
  return { ...stage, inputs: [], source };
}

/** Modes whose rows may be divided anyhow. */
const DIVISIBLE: ReadonlySet<PythonStage['mode']> = new Set(['scalar', 'filter', 'table', 'partial']);

function obstacleTo(stage: PythonStage, scan: PlainScan, options: FusionOptions): string | null {
  const { fusion, cores, forbidden, isAsync } = options;
  if (fusion === 'off') return 'millstream.optimizer.source-fusion is off';
  if (!DIVISIBLE.has(stage.mode)) return 'it needs its rows in groups';
  if (scan.format !== 'parquet') return `the format is ${scan.format}`;
  if (scan.isPartitioned) return `${scan.table} is partitioned`;
  if (/[*?[\]{}]/.test(scan.path)) return 'the path is a pattern';
  if (forbidden !== null) return forbidden;
  if (stage.steps.some((step) => isAsync(step.function))) return 'it calls async functions';
  if (fusion === 'auto' && stage.parallelism < cores)
    return `its ${stage.parallelism} of ${cores} cores leave some to read`;
  return null;
}
