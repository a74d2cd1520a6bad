/** The hosts of one bridge: a zygote for each kind of worker, environment and sandbox, started when first needed. */
import { randomBytes } from 'node:crypto';
import type { BridgeOptions, WorkerSpec } from './api.js';
import { ColdStart } from './cold-start.js';
import { EndpointFolder } from './endpoint-folder.js';
import { sandboxStartError, startSandboxProcess } from './isolation/sandbox-process.js';
import type { UnfinishedPaths } from './protocol/zygote.js';
import type { PythonCommand } from './python-command.js';
import type { SharedMemory } from './shared-memory/shared-memory.js';
import type { WorkerHost } from './worker-host.js';
import { Zygote } from './zygote.js';
import { startZygoteProcess } from './zygote-process.js';

/** Which host a worker comes from. */
export type HostDemand = Pick<WorkerSpec, 'kind' | 'python' | 'sandbox'>;

/** A host, and the folder for the sockets of its workers. */
export interface HostPlace {
  readonly host: WorkerHost;
  /** It ends with its only worker. */
  readonly isAlone: boolean;
  readonly endpoints: EndpointFolder;
}

export class WorkerHosts {
  readonly #options: BridgeOptions;
  /** Of all workers that are not in a sandbox. */
  readonly #endpoints = EndpointFolder.choose();
  readonly #sharedMemory: SharedMemory | null;
  readonly #places = new Map<string, HostPlace>();
  /** Folders of sandboxes that have ended or were replaced too. */
  readonly #ofSandboxes: EndpointFolder[] = [];
  readonly #guarded = new Map<string, UnfinishedPaths>();
  #alone = 0;

  constructor(options: BridgeOptions, sharedMemory: SharedMemory | null) {
    this.#options = options;
    this.#sharedMemory = sharedMemory;
    options.leftovers?.own({ cgroups: [], folders: this.#ownedFolders(this.#endpoints) });
  }

  /** Begins to import what such workers need. */
  prepare(demand: HostDemand): void {
    if (!this.#isAlone(demand)) this.place(demand);
  }

  /** The host for a worker; started now where there is none. */
  place(demand: HostDemand): HostPlace {
    const parts = [
      demand.kind,
      demand.python?.key,
      demand.sandbox,
      this.#isAlone(demand) ? this.#alone++ : null,
    ];
    const key = parts.filter((part) => part != null).join('-');
    let place = this.#places.get(key);
    if (place === undefined || place.host.hasEnded) {
      place = this.#start(key, demand);
      this.#places.set(key, place);
      for (const [name, paths] of this.#guarded) place.host.guard(name, paths);
    }
    return place;
  }

  /** A worker has ended; so does its host where it was for this one alone. */
  async leave(place: HostPlace): Promise<void> {
    if (!place.isAlone) return;
    for (const [key, known] of this.#places) if (known === place) this.#places.delete(key);
    await place.host.close();
    place.endpoints.remove();
  }

  /** Has `paths` removed if this process dies before the returned function is called. */
  guard(paths: UnfinishedPaths): () => void {
    const name = randomBytes(8).toString('hex');
    this.#guarded.set(name, paths);
    this.#options.leftovers?.guard(name, paths);
    for (const { host } of this.#places.values()) host.guard(name, paths);
    return () => {
      this.#guarded.delete(name);
      for (const { host } of this.#places.values()) host.release(name);
      this.#options.leftovers?.release(name);
    };
  }

  /** Ends them: at once, or when what still starts has started. */
  async end(isAborted: boolean): Promise<void> {
    const hosts = [...this.#places.values()].map(({ host }) => host);
    await Promise.all(hosts.map((host) => (isAborted ? host.abort() : host.close())));
  }

  /** Removes the sockets; all hosts have ended. */
  removeSockets(): void {
    for (const folder of [this.#endpoints, ...this.#ofSandboxes]) folder.remove();
  }

  #isSandboxed({ kind }: HostDemand): boolean {
    // Relational workers run no code of users.
    return (this.#options.isolation ?? null) !== null && kind === 'function';
  }

  /** A sandbox cannot be started around a worker without a zygote in it, but around each worker. */
  #isAlone(demand: HostDemand): boolean {
    return this.#isSandboxed(demand) && !this.#usesZygote;
  }

  get #usesZygote(): boolean {
    return this.#options.useZygote ?? process.platform === 'linux';
  }

  #start(key: string, demand: HostDemand): HostPlace {
    const { pythonPath = [] } = this.#options;
    const command: PythonCommand = {
      python: demand.python?.executable ?? this.#options.python,
      pythonPath,
      // Packages on the path of the core are not those of the environment.
      isIsolated: demand.python?.isBuilt ?? false,
    };
    const isSandboxed = this.#isSandboxed(demand);
    const endpoints = isSandboxed ? this.#sandboxEndpoints() : this.#endpoints;
    const host = isSandboxed
      ? this.#startSandbox(key, command, demand, endpoints)
      : this.#usesZygote
        ? this.#startZygote(key, command, demand)
        : new ColdStart(command);
    // The zygote knows of them by now: a core that is killed here leaves nothing.
    endpoints.make();
    if (isSandboxed) this.#sharedMemory?.make();
    return { host, isAlone: this.#isAlone(demand), endpoints };
  }

  #sandboxEndpoints(): EndpointFolder {
    const folder = EndpointFolder.choose();
    this.#ofSandboxes.push(folder);
    this.#options.leftovers?.own({ cgroups: [], folders: [folder.path] });
    return folder;
  }

  #startZygote(key: string, command: PythonCommand, { kind, python }: HostDemand): Zygote {
    const { earlyZygotes, diagnose = async () => {} } = this.#options;
    return Zygote.start({
      ...command,
      process: earlyZygotes?.take(command, kind) ?? startZygoteProcess(command, kind),
      diagnose: python?.isBuilt === true ? async () => {} : diagnose,
      folders: this.#ownedFolders(this.#endpoints),
      onText: (text) => this.#log(key, text),
    });
  }

  #startSandbox(key: string, command: PythonCommand, demand: HostDemand, endpoints: EndpointFolder): Zygote {
    const shared = this.#sharedMemory === null ? [] : [this.#sharedMemory.path];
    return Zygote.start({
      ...command,
      process: startSandboxProcess({
        command,
        outerPython: this.#options.python,
        kind: demand.kind,
        isolation: this.#options.isolation!,
        folders: [endpoints.path, ...shared],
      }),
      startError: (stderr, cause) => sandboxStartError(command, stderr, cause),
      diagnose: async () => {},
      // What is not its own it must not remove when its only worker ends.
      folders: this.#isAlone(demand) ? [endpoints.path] : this.#ownedFolders(endpoints),
      onText: (text) => this.#log(key, text),
    });
  }

  #ownedFolders(endpoints: EndpointFolder): readonly string[] {
    const { temporaryFolders = [] } = this.#options;
    const shared = this.#sharedMemory === null ? [] : [this.#sharedMemory.path];
    return [endpoints.path, ...shared, ...temporaryFolders];
  }

  #log(key: string, text: string): void {
    this.#options.onLog({
      worker: `zygote-${key}`,
      source: 'stderr',
      level: 'INFO',
      function: null,
      text,
      dropped: 0,
    });
  }
}
