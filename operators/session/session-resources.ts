/** The memory and the workers of a session: its configuration as numbers. */
import { availableParallelism } from 'node:os';
import {
  type Configuration,
  formatMemory,
  type GroupGrant,
  grantWorkers,
  leastTotal,
  type MemoryTree,
  type MemoryTreeOptions,
  MIN_FUNCTION_WORKER_BYTES,
  MIN_RELATIONAL_WORKER_BYTES,
  memorySetting,
  memoryTree,
  ResourceError,
  SMALL_RELATIONAL_WORKER_BYTES,
  type StageGraph,
  smallTree,
  workerGroups,
} from '../../core/index.js';
import { machineGpus } from '../ports/machine-gpus.js';
import { machineMemoryBytes } from '../ports/machine-memory.js';

/** What is too small throws where it is asked for: a job without functions needs no memory for their workers. */
export class SessionResources {
  /** Workers of each Python stage. */
  readonly parallelism: number;
  readonly #configuration: Configuration;
  #withFunctions: MemoryTree | null = null;
  #tree: MemoryTree | null = null;
  /** Too little for the usual split, even without functions. */
  #isSmall = false;

  /**
   * `isDebugged`: one worker at a time.
   * @throws {ResourceError} MEMORY_TOO_SMALL for a cap in which no function worker can start
   */
  constructor(
    configuration: Configuration,
    isDebugged: boolean,
    private readonly totalBytes = configuration.get('millstream.memory') ?? machineMemoryBytes(),
  ) {
    this.#configuration = configuration;
    this.parallelism = isDebugged ? 1 : (configuration.get('parallelism.default') ?? availableParallelism());
    const each = configuration.get('millstream.worker.memory');
    if (each !== null && each < MIN_FUNCTION_WORKER_BYTES) throw workerTooSmall(each);
  }

  /**
   * The split of the session's memory; without a share for function workers where that would not fit, and with small
   * parts where that does not fit either.
   * @throws {ResourceError} MEMORY_TOO_SMALL where even then there is too little
   */
  get tree(): MemoryTree {
    this.#tree ??= this.#split();
    return this.#tree;
  }

  /**
   * The cap of a relational worker of a job with `stages` relational stages.
   * @throws {ResourceError} MEMORY_TOO_SMALL
   */
  relationalWorkerBytes(stages: number): number {
    const bytes = Math.floor(this.tree.relational / Math.max(1, stages));
    const least = this.#isSmall ? SMALL_RELATIONAL_WORKER_BYTES : MIN_RELATIONAL_WORKER_BYTES;
    if (bytes >= least) return bytes;
    throw tooManyStages(stages, least, this.tree.relational);
  }

  /**
   * The cap of a function worker where a statement's functions have `environments` environments.
   * @throws {ResourceError} MEMORY_TOO_SMALL
   */
  functionWorkerBytes(environments: number): number {
    this.#withFunctions ??= this.#treeFor(this.parallelism * MIN_FUNCTION_WORKER_BYTES);
    const { python } = this.#withFunctions;
    if (environments <= this.parallelism) {
      return this.#configuration.get('millstream.worker.memory') ?? Math.floor(python / this.parallelism);
    }
    const bytes = Math.floor(python / environments);
    if (bytes >= MIN_FUNCTION_WORKER_BYTES) return bytes;
    throw tooManyEnvironments(environments, python);
  }

  /**
   * What the function workers of a job are given.
   * @throws {ResourceError} MEMORY_TOO_SMALL, RESOURCES_EXCEEDED, RESOURCES_CONTRADICT
   */
  functionWorkers(graph: StageGraph): readonly GroupGrant[] {
    const groups = workerGroups(graph);
    if (groups.length === 0) return [];
    return grantWorkers(groups, {
      standardBytes: this.functionWorkerBytes(1),
      pythonBytes: this.#withFunctions!.python,
      cpus: availableParallelism(),
      gpus: (this.#configuration.get('millstream.gpus') ?? machineGpus()).length,
    });
  }

  /** True where every worker of the job has its least. */
  fits(graph: StageGraph): boolean {
    try {
      this.relationalWorkerBytes(graph.stages.filter(({ kind }) => kind === 'relational').length);
      this.functionWorkers(graph);
      return true;
    } catch (error) {
      if (error instanceof ResourceError) return false;
      throw error;
    }
  }

  #split(): MemoryTree {
    try {
      this.#withFunctions ??= this.#treeFor(this.parallelism * MIN_FUNCTION_WORKER_BYTES);
      return this.#withFunctions;
    } catch (error) {
      if (!(error instanceof ResourceError)) throw error;
    }
    try {
      return this.#treeFor(0);
    } catch (error) {
      if (!(error instanceof ResourceError)) throw error;
    }
    this.#isSmall = true;
    return smallTree(this.totalBytes, this.#treeOptions(0).fixed);
  }

  /** The least total with which a statement that calls functions can run. */
  get leastBytes(): number {
    return leastTotal(this.#treeOptions(this.parallelism * MIN_FUNCTION_WORKER_BYTES));
  }

  #treeFor(functionBytes: number): MemoryTree {
    return memoryTree({ totalBytes: this.totalBytes, ...this.#treeOptions(functionBytes) });
  }

  #treeOptions(functionBytes: number): Omit<MemoryTreeOptions, 'totalBytes'> {
    const configuration = this.#configuration;
    const each = configuration.get('millstream.worker.memory');
    const python =
      configuration.get('millstream.python.memory') ?? (each === null ? null : each * this.parallelism);
    return {
      leastBytes: { relational: MIN_RELATIONAL_WORKER_BYTES, python: functionBytes, state: 0 },
      fixed: {
        ...fixedPart('exchange', configuration.get('millstream.exchange.memory')),
        ...fixedPart('relational', configuration.get('millstream.relational.memory')),
        ...fixedPart('python', python),
      },
    };
  }
}

function fixedPart(part: string, bytes: number | null): Record<string, number> {
  return bytes === null ? {} : { [part]: bytes };
}

function tooManyStages(stages: number, eachBytes: number, availableBytes: number): ResourceError {
  const least = stages * eachBytes;
  return new ResourceError(
    'MEMORY_TOO_SMALL',
    `The job has ${stages} relational stages, each in a worker of at least ${formatMemory(eachBytes)}: ` +
      `${formatMemory(least)}. There are ${formatMemory(availableBytes)} for them.`,
    {
      hint: `Set 'millstream.relational.memory' to ${memorySetting(least)} or more, raise 'millstream.memory', or split the statement.`,
    },
  );
}

function tooManyEnvironments(environments: number, availableBytes: number): ResourceError {
  const least = environments * MIN_FUNCTION_WORKER_BYTES;
  return new ResourceError(
    'MEMORY_TOO_SMALL',
    `The functions of the statement have ${environments} environments, each in workers of at least ` +
      `${formatMemory(MIN_FUNCTION_WORKER_BYTES)}: ${formatMemory(least)}. There are ${formatMemory(availableBytes)} for them.`,
    {
      hint: `Set 'millstream.python.memory' to ${memorySetting(least)} or more, or let functions share an environment.`,
    },
  );
}

function workerTooSmall(bytes: number): ResourceError {
  const least = memorySetting(MIN_FUNCTION_WORKER_BYTES);
  return new ResourceError(
    'MEMORY_TOO_SMALL',
    `A function worker cannot start in ${formatMemory(bytes)}: interpreter, pyarrow and one bundle need ${least}.`,
    { hint: `Set 'millstream.worker.memory' to ${least} or more.` },
  );
}
