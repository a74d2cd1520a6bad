/** Builds the engine of a session from its configuration, when the first statement needs it, and takes it down. */

import { resolve } from 'node:path';
import { Bridge, type EarlyZygotes, type Environments, type WorkerLog } from '../../bridge/index.js';
import {
  type Configuration,
  FunctionMetricSet,
  MIB,
  SchemaRegistry,
  type StageGraph,
  untilAborted,
  wireOverrides,
  withOverrides,
} from '../../core/index.js';
import type { Engine } from '../engine.js';
import { makeWorkerFolder } from '../environments/worker-folder.js';
import { bundleFolder } from '../failures/bundle-folder.js';
import { DeadLetters } from '../failures/dead-letters.js';
import { FailedRows } from '../failures/failed-rows.js';
import type { FunctionWorkers } from '../function-workers.js';
import { machineMemoryBytes } from '../ports/machine-memory.js';
import { systemClock, systemTimers } from '../ports/node-ports.js';
import { SpillFolder } from '../ports/spill-folder.js';
import { TemporaryFolder } from '../ports/temporary-folder.js';
import { RelationalWorkers } from '../relational-workers.js';
import type { OnError } from '../retry/retry-decision.js';
import { bridgeSettings } from './bridge-settings.js';
import { bufferSize } from './buffer-size.js';
import { letterPlaces } from './dead-letter-tables.js';
import { engineSettings } from './engine-settings.js';
import { engineSizes } from './engine-sizes.js';
import { isolationLevel, isolationOptions } from './isolation.js';
import { JobAdmission } from './job-admission.js';
import { jobFacts } from './job-facts.js';
import {
  openFunctionWorkers,
  prepareWorkerPlace,
  variablesOf,
  type WorkerPlace,
  workerFolder,
} from './open-function-workers.js';
import { SessionLeftovers } from './session-leftovers.js';
import { SessionMemory } from './session-memory.js';
import { SessionResources } from './session-resources.js';
import type { DebugOptions } from './session-types.js';
import { SessionVoice } from './session-voice.js';
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
  /** What other jobs call this one; absent: a session. */
  readonly name?: string | undefined;
  /** Something to be said at once: the session waits. Absent: as a note. */
  readonly onWarning?: ((text: string) => void) | undefined;
}

interface Started {
  readonly bridge: Bridge;
  readonly functionWorkers: FunctionWorkers;
  readonly relationalWorkers: RelationalWorkers;
  readonly temporaryFolder: TemporaryFolder;
  readonly python: string;
  readonly environments: Environments;
}

interface StartedJob {
  readonly engine: Engine;
  release(): void;
}

export class EngineHost {
  readonly schemas = new SchemaRegistry();
  #started: Promise<Started> | null = null;
  #resources: SessionResources | null = null;
  #admission: JobAdmission | null = null;
  /** What the three above were made from. */
  #settings: string | null = null;
  readonly #memory: SessionMemory;
  readonly #leftovers: SessionLeftovers;
  /** True: nothing runs, so no memory of the machine is claimed. */
  planOnly = false;
  readonly voice: SessionVoice;
  /** Engines of earlier settings, until they are gone. */
  #ending: Promise<unknown> = Promise.resolve();
  #jobs = 0;
  #starting = 0;
  #bridge: Bridge | null = null;
  /** The memory that the three above were made for. */
  #claimed: number | null = null;
  readonly #addedFolders: string[] = [];
  /** Read by the function workers whenever they load functions. */
  #moduleFolders: string[] = [];

  constructor(private readonly options: EngineHostOptions) {
    this.voice = new SessionVoice({
      clock: systemClock,
      hasMemory: () => this.#memory.bytes !== null,
      waitsFor: () => this.#memory.waitsFor,
      workers: () => this.#bridge?.workers ?? [],
    });
    const name = options.name ?? 'a session';
    this.#leftovers = new SessionLeftovers({ ...options, name });
    this.#memory = new SessionMemory({
      ...options,
      name,
      onWarning: options.onWarning ?? options.onNote,
      voice: this.voice,
    });
    options.signal.addEventListener('abort', () => void this.#abort(), { once: true });
  }

  /** Starts to import what workers need; errors show when a worker is asked for. */
  prepare(kind: 'function' | 'relational'): void {
    this.#begin().then(
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

  /** The split of the session's memory. @throws {ResourceError} MEMORY_TOO_SMALL for an impossible worker */
  get resources(): SessionResources {
    this.#followSettings();
    this.#resources ??= this.#resourcesOf(this.#memory.bytes);
    return this.#resources;
  }

  /**
   * Waits for the session's share of the machine, unless it only plans; before that it plans with all of it.
   * @throws {ResourceError} RESOURCES_EXCEEDED, RESOURCES_TAKEN
   */
  async claimMemory(): Promise<void> {
    this.#followSettings();
    // Where a statement before it claims, this one waits too: with the memory the engine begins anew.
    if (this.planOnly && !this.#memory.isClaimed) return;
    const bytes = await this.#memory.claim(() => this.#resourcesOf(null).leastBytes, this.#ending);
    if (bytes !== this.#claimed) this.#forget();
    this.#claimed = bytes;
  }

  /**
   * Claims more memory where a job needs it and the machine has it, as much as it needs: it waits for other jobs. True: the
   * engine begins anew, so the job is to be planned again.
   * @throws as `claimMemory`
   */
  async claimFor(graph: StageGraph): Promise<boolean> {
    const isFixed = this.options.configuration.get('millstream.memory') !== null;
    if (isFixed || this.#jobs + this.#starting > 0) return false;
    await this.claimMemory();
    const bytes = this.#memory.bytes!;
    const fits = (total: number) => this.#resourcesOf(total).fits(graph);
    const leastBytes = fits(bytes) ? null : leastOf(fits, bytes, machineMemoryBytes());
    if (leastBytes === null) return false;
    this.#forget();
    this.#memory.giveBack(this.#ending);
    this.#claimed = await this.#memory.claim(() => leastBytes, this.#ending, true);
    return true;
  }

  /**
   * The function workers of the session; starts the bridge.
   * @throws {ResourceError} MEMORY_TOO_SMALL where none would have room
   */
  async functionWorkers(): Promise<FunctionWorkers> {
    await this.claimMemory();
    this.resources.functionWorkerBytes(1);
    return (await this.#start()).functionWorkers;
  }

  /** How caps are enforced; null before a worker was needed. */
  get capLevel(): string | null {
    return this.#bridge?.capLevel ?? null;
  }

  /**
   * The engine for a job, and what it was granted; `release` gives that back.
   * @throws {ResourceError} where the job's least does not fit
   */
  async engineFor(graph: StageGraph): Promise<StartedJob> {
    this.#starting += 1;
    try {
      return await this.#engineFor(graph);
    } finally {
      this.#starting -= 1;
    }
  }

  async #engineFor(graph: StageGraph): Promise<StartedJob> {
    const { bridge, functionWorkers, relationalWorkers, temporaryFolder, python } = await this.#start();
    const { configuration, workingDirectory } = this.options;
    const job = jobFacts(configuration, workingDirectory);
    const { tree } = this.resources;
    const workers = graph.stages.filter((stage) => stage.kind === 'relational').length;
    const capBytes = this.resources.relationalWorkerBytes(workers);
    const grants = this.resources.functionWorkers(graph);
    const batchRows = configuration.get('millstream.batch.rows');
    const bufferBytes = bufferSize(graph, tree.exchange, this.resources.parallelism, batchRows);
    const sizes = engineSizes(configuration, capBytes, bufferBytes);
    if (workers > 0) bridge.prepare('relational');
    await temporaryFolder.make();
    const needs = {
      job: job.id,
      functionWorkers,
      grants,
      relationalWorkers: workers,
      relationalBytes: capBytes,
    };
    const giveBack = await this.#jobAdmission.admit(needs);
    this.#jobs += 1;
    if (workers > 0) await relationalWorkers.expect(workers, capBytes);
    const functionOptions = (name: string) =>
      withOverrides(functionWorkers.declared(name).options, configuration.functionOptions(name));
    const letters = letterPlaces(
      graph,
      configuration,
      (name) => functionOptions(name).on_error === 'dead_letter',
      {
        workingDirectory,
        fallback: `dead-letters-${job.id.slice(0, 8)}.jsonl`,
        onNote: this.options.onNote,
      },
    );
    const temporaryBytes = configuration.get('millstream.temporary.disk');
    const engine: Engine = {
      job,
      measured: new FunctionMetricSet(),
      failedRows: new FailedRows({
        budget: (name) => (functionOptions(name).max_errors as number | undefined) ?? null,
        letters: new DeadLetters({ jobId: job.id, clock: systemClock, ...letters }),
        onError: (name) => (functionOptions(name).on_error as OnError | undefined) ?? 'fail',
        onNote: this.options.onNote,
      }),
      failures: configuration.get('millstream.replay.save')
        ? { folder: bundleFolder(), python, timeZone: localTimeZone(configuration) }
        : null,
      bridge,
      functionWorkers,
      relationalWorkers,
      schemas: this.schemas,
      sizes,
      clock: systemClock,
      timers: systemTimers,
      spillFiles: new SpillFolder({ parent: temporaryFolder.path, maxBytes: temporaryBytes }),
      functionOverrides: (name) =>
        wireOverrides(name, functionWorkers.declared(name), configuration.functionOptions(name)),
      functionOptions,
      workingDirectory,
      temporaryDirectory: temporaryFolder.path,
      functionsDirectory: temporaryFolder.shared,
    };
    return {
      engine,
      release: () => {
        this.#jobs -= 1;
        letters.file.close();
        giveBack();
      },
    };
  }

  /** Ends all workers and removes what is temporary; `isAborted`: without waiting for what still runs. */
  async close(isAborted: boolean): Promise<void> {
    const started = this.#started;
    this.#started = null;
    await Promise.all([this.#ending, takeDown(started, isAborted)]);
    await Promise.all([this.#memory.close(), this.#leftovers.close()]);
  }

  #start(): Promise<Started> {
    return untilAborted(this.options.signal, this.#begin());
  }

  async #begin(): Promise<Started> {
    await this.claimMemory();
    this.options.signal.throwIfAborted();
    this.#started ??= this.#ending.then(() => this.#open());
    return this.#started;
  }

  async #abort(): Promise<void> {
    const started = await this.#started?.catch(() => null);
    await started?.bridge.abort();
  }

  #resourcesOf(bytes: number | null): SessionResources {
    const { configuration, debug } = this.options;
    return new SessionResources(configuration, debug != null, bytes ?? undefined);
  }

  /** Forgets what was made from settings that have changed since; a job that runs goes on with what it has. */
  #followSettings(): void {
    const { configuration } = this.options;
    // A sandbox shows the folders that were there when it was made.
    const shown = isolationLevel(configuration) === 'off' ? '' : this.#addedFolders.join('\n');
    const settings = engineSettings(configuration) + shown;
    if (settings === this.#settings || this.#jobs > 0) return;
    this.#settings = settings;
    this.#forget();
    this.#memory.follow(this.#ending);
  }

  #forget(): void {
    this.#ending = Promise.all([this.#ending, takeDown(this.#started, false)]);
    this.#started = null;
    this.#resources = null;
    this.#admission = null;
  }

  async #open(): Promise<Started> {
    const { configuration, workingDirectory, jobFolder, debug } = this.options;
    const { resources } = this;
    const useZygote = configuration.get('millstream.worker.zygote') && process.platform === 'linux';
    const opening = this.#leftovers.open();
    const place = await prepareWorkerPlace(this.options, this.options.python, useZygote);
    const temporaryFolder = new TemporaryFolder(configuration.get('io.tmp.dirs'));
    const variables = variablesOf(configuration, debug ?? null);
    const isolation = isolationOptions(configuration, {
      workingDirectory,
      readable: () => [
        ...this.#moduleFolders,
        ...Object.values(jobFacts(configuration, workingDirectory).cachedFiles),
        ...archiveFolders(place, temporaryFolder),
      ],
      sharedFolder: temporaryFolder.shared,
      inherited: variables.inherited,
      debug: debug ?? null,
    });
    const bridge = Bridge.start({
      leftovers: await opening,
      isolation,
      clock: systemClock,
      timers: systemTimers,
      schemas: this.schemas,
      python: place.relational.executable,
      diagnose: place.diagnose,
      earlyZygotes: this.options.earlyZygotes ?? undefined,
      sharedMemoryBytes: configuration.get('millstream.exchange.shared-memory') ? resources.tree.exchange : 0,
      temporaryFolders: [temporaryFolder.path],
      onLog: this.options.onLog,
      debugging: debug != null,
      useZygote,
      ...bridgeSettings(configuration),
    });
    this.#bridge = bridge;
    const files = (configuration.get('python.files') ?? []).map((file) => resolve(workingDirectory, file));
    this.#moduleFolders = [
      ...files,
      ...(jobFolder === null ? [] : [jobFolder]),
      workingDirectory,
      ...this.#addedFolders,
    ];
    if (isolation !== null) {
      // A zygote knows of the folder before it is made, and a sandbox is made of what is there.
      bridge.prepare('relational');
      await temporaryFolder.make();
      if (place.archives.length > 0) await makeWorkerFolder(workerFolder(temporaryFolder), place.archives);
    }
    const idle = { timers: systemTimers, afterMs: configuration.get('millstream.worker.idle-timeout') };
    const functionWorkers = openFunctionWorkers(bridge, place, {
      ...this.options,
      variables,
      sandboxEach: isolation?.level === 'strict',
      slots: resources.parallelism,
      memoryBytes: (environments) => resources.functionWorkerBytes(environments),
      paths: this.#moduleFolders,
      reserve: (name, memoryBytes) => this.#jobAdmission.reserve(name, memoryBytes),
      freeBytes: () => this.#jobAdmission.freeBytes,
      idle,
      temporaryFolder,
    });
    const relationalWorkers = new RelationalWorkers(bridge, workingDirectory, idle);
    return {
      bridge,
      functionWorkers,
      relationalWorkers,
      temporaryFolder,
      python: place.functions.executable,
      environments: place.environments,
    };
  }

  get #jobAdmission(): JobAdmission {
    const { tree } = this.resources;
    this.#admission ??= new JobAdmission(tree.relational + tree.python, this.options);
    return this.#admission;
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

/** The least memory that is enough, to a MiB, above `from`; null: not even `to` is. */
function leastOf(isEnough: (bytes: number) => boolean, from: number, to: number): number | null {
  if (!isEnough(to)) return null;
  let [low, high] = [from, to];
  while (high - low > MIB) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** What workers of a job with archives look into. */
function archiveFolders({ archives }: WorkerPlace, temporaryFolder: TemporaryFolder): string[] {
  if (archives.length === 0) return [];
  return [workerFolder(temporaryFolder), ...archives.map(({ unpacked }) => unpacked)];
}
