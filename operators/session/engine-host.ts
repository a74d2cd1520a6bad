/** Builds the engine of a session from its configuration, when the first statement needs it, and takes it down. */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { Bridge, type EarlyZygotes, type Environments, type WorkerLog } from '../../bridge/index.js';
import {
  type Configuration,
  divideExchangeBytes,
  duckDbMemoryLimit,
  FunctionMetricSet,
  formatMemory,
  type MemoryTree,
  MIB,
  MIN_FUNCTION_WORKER_BYTES,
  MIN_RELATIONAL_WORKER_BYTES,
  memorySetting,
  memoryTree,
  type ResourceAmount,
  ResourceError,
  ResourceManager,
  SchemaRegistry,
  type StageGraph,
  wireOverrides,
} from '../../core/index.js';
import type { Engine } from '../engine.js';
import { bundleFolder } from '../failures/bundle-folder.js';
import type { FunctionWorkers } from '../function-workers.js';
import { machineMemoryBytes } from '../ports/machine-memory.js';
import { systemClock, systemTimers } from '../ports/node-ports.js';
import { SpillFolder } from '../ports/spill-folder.js';
import { TemporaryFolder } from '../ports/temporary-folder.js';
import { RelationalWorkers } from '../relational-workers.js';
import { engineSettings } from './engine-settings.js';
import { jobFacts } from './job-facts.js';
import { openFunctionWorkers, prepareWorkerPlace } from './open-function-workers.js';
import type { DebugOptions } from './session-types.js';
import { localTimeZone } from './time-zone.js';

/** What the host needs beside the configuration. */
export interface EngineHostOptions {
  readonly configuration: Configuration;
  readonly workingDirectory: string;
  /** Folder of the job file; modules of functions are found there too. */
  readonly jobFolder: string | null;
  readonly python: string | null;
  readonly onLog: (entry: WorkerLog) => void;
  readonly onNote: (text: string) => void;
  /** Aborting it ends the workers at once, also those that are starting, and the building of environments. */
  readonly signal: AbortSignal;
  /** Zygotes started before the session; null: none. */
  readonly earlyZygotes: EarlyZygotes | null;
  /** The function that is debugged; absent or null: none. */
  readonly debug?: DebugOptions | null;
}

/** The numbers of a session, for `explain` and the workers. */
export interface SessionResources {
  readonly tree: MemoryTree;
  readonly parallelism: number;
  readonly functionWorkerBytes: number;
}

interface Started {
  readonly bridge: Bridge;
  readonly functionWorkers: FunctionWorkers;
  readonly relationalWorkers: RelationalWorkers;
  readonly temporaryFolder: TemporaryFolder;
  readonly python: string;
  readonly environments: Environments;
}

export class EngineHost {
  readonly schemas = new SchemaRegistry();
  #started: Promise<Started> | null = null;
  #resources: SessionResources | null = null;
  #manager: ResourceManager | null = null;
  /** What the three above were made from. */
  #settings: string | null = null;
  /** Engines of earlier settings, until they are gone. */
  #ending: Promise<unknown> = Promise.resolve();
  #jobs = 0;
  readonly #addedFolders: string[] = [];
  /** Read by the function workers whenever they load functions. */
  #moduleFolders: string[] = [];

  constructor(private readonly options: EngineHostOptions) {
    options.signal.addEventListener('abort', () => void this.#abort(), { once: true });
  }

  /** Starts to import what workers need; errors show when a worker is asked for. */
  prepare(kind: 'function' | 'relational'): void {
    this.#start().then(
      ({ bridge }) => bridge.prepare(kind),
      () => undefined,
    );
  }

  /** Modules of functions are also found in `folder`. */
  addModuleFolder(folder: string): void {
    if (this.#addedFolders.includes(folder)) return;
    this.#addedFolders.push(folder);
    this.#moduleFolders.push(folder);
  }

  /** The split of the session's memory. @throws {ResourceError} MEMORY_TOO_SMALL */
  get resources(): SessionResources {
    this.#followSettings();
    this.#resources ??= sessionResources(this.options.configuration, this.options.debug != null);
    return this.#resources;
  }

  /** The function workers of the session; starts the bridge. */
  async functionWorkers(): Promise<FunctionWorkers> {
    return (await this.#start()).functionWorkers;
  }

  /** How caps are enforced; starts the bridge. */
  async capLevel(): Promise<string> {
    return (await this.#start()).bridge.capLevel;
  }

  /**
   * The engine for a job, and what it was granted; `release` gives that back.
   * @throws {ResourceError} where the job's least does not fit
   */
  async engineFor(graph: StageGraph): Promise<{ readonly engine: Engine; release(): void }> {
    const { bridge, functionWorkers, relationalWorkers, temporaryFolder, python } = await this.#start();
    const { configuration, workingDirectory } = this.options;
    const job = jobFacts(configuration, workingDirectory);
    const { tree } = this.resources;
    const workers = graph.stages.filter((stage) => stage.kind === 'relational').length;
    const capBytes = relationalWorkerBytes(tree, workers);
    const bundle = bundleBytes(configuration.get('millstream.batch.rows'));
    const bufferBytes = Math.min(
      // One for each function worker and one on its way: more would only wait, in memory that is no longer cached.
      bundle * (this.resources.parallelism + 1),
      divideExchangeBytes(tree.exchange, buffersOf(graph), bundle),
    );
    if (workers > 0) bridge.prepare('relational');
    await temporaryFolder.make();
    const giveBack = workers === 0 ? () => {} : this.#reserve('relational workers', workers, capBytes);
    this.#jobs += 1;
    if (workers > 0) await relationalWorkers.expect(workers, capBytes);
    const engine: Engine = {
      job,
      measured: new FunctionMetricSet(),
      failures: configuration.get('millstream.replay.save')
        ? { folder: bundleFolder(), python, timeZone: localTimeZone(configuration) }
        : null,
      bridge,
      functionWorkers,
      relationalWorkers,
      schemas: this.schemas,
      sizes: {
        batchRows: configuration.get('millstream.batch.rows'),
        relationalWorkerBytes: capBytes,
        relationalMemoryLimitBytes: duckDbMemoryLimit(capBytes),
        relationalThreads: configuration.get('millstream.relational.threads') ?? availableParallelism(),
        scanThreads:
          configuration.get('millstream.relational.threads') ?? scanThreads(availableParallelism()),
        bufferBytes,
        stallAfterMs: configuration.get('millstream.stall-timeout'),
      },
      clock: systemClock,
      timers: systemTimers,
      spillFiles: new SpillFolder({ parent: temporaryFolder.path, maxBytes: null }),
      functionOverrides: (name) =>
        wireOverrides(name, functionWorkers.declared(name), configuration.functionOptions(name)),
      workingDirectory,
      temporaryDirectory: temporaryFolder.path,
    };
    return {
      engine,
      release: () => {
        this.#jobs -= 1;
        giveBack();
      },
    };
  }

  /** Ends all workers and removes what is temporary; `isAborted`: without waiting for what still runs. */
  async close(isAborted: boolean): Promise<void> {
    const started = this.#started;
    this.#started = null;
    await Promise.all([this.#ending, takeDown(started, isAborted)]);
  }

  #start(): Promise<Started> {
    this.#followSettings();
    this.#started ??= this.#ending.then(() => this.#open());
    return unlessAborted(this.#started, this.options.signal);
  }

  async #abort(): Promise<void> {
    const started = await this.#started?.catch(() => null);
    await started?.bridge.abort();
  }

  /** Forgets what was made from settings that have changed since; a job that runs goes on with what it has. */
  #followSettings(): void {
    const settings = engineSettings(this.options.configuration);
    if (settings === this.#settings || this.#jobs > 0) return;
    this.#settings = settings;
    this.#ending = Promise.all([this.#ending, takeDown(this.#started, false)]);
    this.#started = null;
    this.#resources = null;
    this.#manager = null;
  }

  async #open(): Promise<Started> {
    const { configuration, workingDirectory, jobFolder, debug } = this.options;
    const { functionWorkerBytes, parallelism, tree } = this.resources;
    const useZygote = configuration.get('millstream.worker.zygote') && process.platform === 'linux';
    const place = await prepareWorkerPlace(this.options, this.options.python, useZygote);
    const temporaryFolder = new TemporaryFolder(configuration.get('io.tmp.dirs'));
    const bridge = Bridge.start({
      clock: systemClock,
      timers: systemTimers,
      schemas: this.schemas,
      python: place.relational.executable,
      diagnose: place.diagnose,
      earlyZygotes: this.options.earlyZygotes ?? undefined,
      sharedMemoryBytes: configuration.get('millstream.exchange.shared-memory')
        ? this.resources.tree.exchange
        : 0,
      temporaryFolders: [temporaryFolder.path],
      timeZone: localTimeZone(configuration),
      onLog: this.options.onLog,
      heartbeatMs: HEARTBEAT_MS,
      debugging: debug != null,
      useZygote,
      logLevel: configuration.get('python.logging.default.level'),
      logLevels: configuration.get('python.logging.level.overrides') ?? {},
      requireHardCaps: configuration.get('millstream.resources.required') === 'hard',
      graces: {
        helloMs: configuration.get('millstream.worker.start-timeout'),
        initMs: configuration.get('millstream.worker.init-timeout'),
      },
    });
    const files = (configuration.get('python.files') ?? []).map((file) => resolve(workingDirectory, file));
    this.#moduleFolders = [
      ...files,
      ...(jobFolder === null ? [] : [jobFolder]),
      workingDirectory,
      ...this.#addedFolders,
    ];
    const functionWorkers = openFunctionWorkers(bridge, place, {
      ...this.options,
      slots: parallelism,
      memoryBytes: (groups) => (groups <= parallelism ? functionWorkerBytes : shareOf(tree, groups)),
      paths: this.#moduleFolders,
      reserve: (name, memoryBytes) => this.#reserve(name, 1, memoryBytes),
      isBusy: () => this.#jobs > 0,
      temporaryFolder,
    });
    const relationalWorkers = new RelationalWorkers(bridge, workingDirectory);
    return {
      bridge,
      functionWorkers,
      relationalWorkers,
      temporaryFolder,
      python: place.functions.executable,
      environments: place.environments,
    };
  }

  /** Takes memory for `workers` of `memoryBytes` each; the returned function gives it back. */
  #reserve(owner: string, workers: number, memoryBytes: number): () => void {
    const { tree } = this.resources;
    this.#manager ??= new ResourceManager(memoryOnly(tree.relational + tree.python));
    const manager = this.#manager;
    const grant = manager.request('session', [{ owner, workers, each: memoryOnly(memoryBytes) }]);
    return () => manager.release(grant);
  }
}

/** @throws the signal's reason as soon as it is aborted, whatever comes of `result` */
async function unlessAborted<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([result, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

async function takeDown(starting: Promise<Started> | null, isAborted: boolean): Promise<void> {
  const started = await starting?.catch(() => null);
  if (started == null) return;
  if (isAborted) await started.functionWorkers.close(true);
  // All workers side by side; function workers close their functions.
  await started.bridge.close();
  started.environments.close();
  await started.temporaryFolder.remove();
}

/** One thread of a scan keeps about two function workers busy. */
function scanThreads(cores: number): number {
  return Math.max(1, Math.floor(cores / 3));
}

/** How old the figures of the progress line may be. */
const HEARTBEAT_MS = 250;
/** Ten columns of eight bytes, with room to spare. */
const BYTES_PER_ROW = 128;

/** What to expect of a bundle: 8 MiB with the default of 65,536 rows. */
function bundleBytes(batchRows: number): number {
  return Math.max(MIB, batchRows * BYTES_PER_ROW);
}

/** Everything that holds batches: streaming exchanges, and Python stages with bundles in flight. */
function buffersOf(graph: StageGraph): string[] {
  const exchanges = graph.exchanges.filter((exchange) => exchange.mode === 'stream');
  const stages = graph.stages.filter((stage) => stage.kind === 'python');
  return [...exchanges, ...stages].map(({ id }) => id);
}

/** One worker at a time where a function is debugged. */
function sessionResources(configuration: Configuration, isDebugged: boolean): SessionResources {
  const parallelism = isDebugged ? 1 : (configuration.get('parallelism.default') ?? availableParallelism());
  const each = configuration.get('millstream.worker.memory');
  if (each !== null && each < MIN_FUNCTION_WORKER_BYTES) throw workerTooSmall(each);
  const fixed = {
    ...fixedPart('exchange', configuration.get('millstream.exchange.memory')),
    ...fixedPart('relational', configuration.get('millstream.relational.memory')),
    ...fixedPart(
      'python',
      configuration.get('millstream.python.memory') ?? (each === null ? null : each * parallelism),
    ),
  };
  const tree = memoryTree({
    totalBytes: configuration.get('millstream.memory') ?? machineMemoryBytes(),
    leastBytes: {
      relational: MIN_RELATIONAL_WORKER_BYTES,
      python: parallelism * MIN_FUNCTION_WORKER_BYTES,
      state: 0,
    },
    fixed,
  });
  return { tree, parallelism, functionWorkerBytes: each ?? Math.floor(tree.python / parallelism) };
}

function relationalWorkerBytes(tree: MemoryTree, stages: number): number {
  const bytes = Math.floor(tree.relational / Math.max(1, stages));
  if (bytes >= MIN_RELATIONAL_WORKER_BYTES) return bytes;
  const least = stages * MIN_RELATIONAL_WORKER_BYTES;
  throw new ResourceError(
    'MEMORY_TOO_SMALL',
    `The job has ${stages} relational stages, each in a worker of at least ${formatMemory(MIN_RELATIONAL_WORKER_BYTES)}: ` +
      `${formatMemory(least)}. There are ${formatMemory(tree.relational)} for them.`,
    {
      hint: `Set 'millstream.relational.memory' to ${memorySetting(least)} or more, raise 'millstream.memory', or split the statement.`,
    },
  );
}

/** The cap of a worker where a statement's environments are more than the workers that it may have. */
function shareOf(tree: MemoryTree, environments: number): number {
  const bytes = Math.floor(tree.python / environments);
  if (bytes >= MIN_FUNCTION_WORKER_BYTES) return bytes;
  const least = environments * MIN_FUNCTION_WORKER_BYTES;
  throw new ResourceError(
    'MEMORY_TOO_SMALL',
    `The functions of the statement have ${environments} environments, each in workers of at least ` +
      `${formatMemory(MIN_FUNCTION_WORKER_BYTES)}: ${formatMemory(least)}. There are ${formatMemory(tree.python)} for them.`,
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

function fixedPart(part: string, bytes: number | null): Record<string, number> {
  return bytes === null ? {} : { [part]: bytes };
}

function memoryOnly(memoryBytes: number): ResourceAmount {
  return { memoryBytes, cpus: 0, gpus: 0 };
}
