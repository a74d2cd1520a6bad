/** Which scans function workers do themselves: settings, isolation and the files decide. */
import { availableParallelism } from 'node:os';
import {
  type Configuration,
  type DescribeScan,
  type FunctionResolver,
  fuseSources,
  MillstreamError,
  type ResolveFiles,
  type SourceFusion,
  type StageGraph,
} from '../../core/index.js';
import type { FunctionWorkers } from '../function-workers.js';
import { columnSpecs } from '../stages/open-relational.js';
import { isolationLevel } from './isolation.js';

/** What is needed beside the settings. */
export interface FusionFacts {
  readonly workers: FunctionWorkers | null;
  readonly functions: FunctionResolver;
  readonly resolveFiles: ResolveFiles;
}

/** Footers that are read while planning. */
const MOST_FILES = 1_000;

/** The graph of a job with the scans that its function workers do, and why not the others. */
export async function withSourceFusion(
  graph: StageGraph,
  configuration: Configuration,
  { workers, functions, resolveFiles }: FusionFacts,
): Promise<StageGraph> {
  if (workers === null) return graph;
  const isIsolated = isolationLevel(configuration) !== 'off';
  return fuseSources(graph, {
    fusion: fusionOf(configuration),
    cores: availableParallelism(),
    batchRows: configuration.get('millstream.batch.rows'),
    forbidden: isIsolated ? 'functions are isolated, and see no tables' : null,
    isAsync: (name) => functions.declaration(name)?.isAsync ?? false,
    describe: describeWith(workers, resolveFiles),
  });
}

function fusionOf(configuration: Configuration): SourceFusion {
  switch (configuration.get('millstream.optimizer.source-fusion')) {
    case 'ON':
      return 'on';
    case 'OFF':
      return 'off';
    default:
      return 'auto';
  }
}

function describeWith(workers: FunctionWorkers, resolveFiles: ResolveFiles): DescribeScan {
  return async (scan, functionName, keys) => {
    const files = filesOf(scan.path, resolveFiles);
    if (typeof files === 'string') return files;
    if (files.length > MOST_FILES) return `${scan.table} has more than ${MOST_FILES} files`;
    const { predicate } = scan;
    const columns = columnSpecs(scan.columns);
    const found = await workers.describeFiles(functionName, { files, columns, predicate, keys });
    return found.misfit ?? found;
  };
}

/** What is missing is told when the job runs. */
function filesOf(path: string, resolveFiles: ResolveFiles): readonly string[] | string {
  try {
    return resolveFiles(path);
  } catch (error) {
    if (error instanceof MillstreamError) return 'there is no such file';
    throw error;
  }
}
