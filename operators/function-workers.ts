/**
 * The function workers of a session, a group for each environment: the first of a group answers questions of the
 * planner, all of them run Python stages. They live until the session closes, their code changes, or others need
 * their memory, so that a second statement finds them warm.
 */
import type { Bridge, Worker, WorkerPython, WorkerUsage } from '../bridge/index.js';
import { EnvironmentError, type FunctionDeclaration } from '../core/index.js';
import { ModuleSources } from './environments/module-sources.js';
import type { WorkerVariables } from './environments/worker-variables.js';

/** A function as the catalog knows it. */
export interface FunctionReference {
  readonly name: string;
  /** `module.attribute`. */
  readonly target: string;
}

export interface FunctionWorkersOptions {
  /** Workers that have their memory at the same time. */
  readonly slots: number;
  /** Hard cap of each worker where that many groups run side by side. @throws {ResourceError} where it is too little */
  readonly memoryBytes: (groups: number) => number;
  readonly workingDirectory: string;
  /** Where modules are looked for, absolute, first match wins. */
  readonly paths: readonly string[];
  readonly variables: WorkerVariables;
  /** The environment of each function; built first where it is new. */
  readonly environments: (
    functions: readonly FunctionReference[],
  ) => Promise<ReadonlyMap<string, WorkerPython | null>>;
  /** Asks for the memory of one more worker; throws a ResourceError with the arithmetic. Returns how to give it back. */
  readonly reserve: (name: string, memoryBytes: number) => () => void;
  /** A job runs: no worker may be ended. */
  readonly isBusy: () => boolean;
}

/** A worker and what has been imported there: targets by function name. */
interface Member {
  readonly worker: Worker;
  readonly loaded: Map<string, string>;
}

/** The workers of one environment. */
interface Group {
  readonly python: WorkerPython | null;
  /** Names its workers, where it is not the usual one. */
  label: string | null;
  readonly members: Promise<Member>[];
  readonly running: Worker[];
  /** Of what its workers have imported. */
  readonly sources: ModuleSources;
  /** Counts up whenever its workers are ended: what they said of functions may no longer be true. */
  generation: number;
}

interface Declared {
  readonly declaration: FunctionDeclaration;
  readonly group: Group;
  readonly generation: number;
}

export class FunctionWorkers {
  /** By key of the environment, least recently used first. */
  readonly #groups = new Map<string, Group>();
  readonly #declared = new Map<string, Declared>();
  /** Cap of each worker; null before the first is needed. */
  #memoryBytes: number | null = null;

  constructor(
    private readonly bridge: Bridge,
    private readonly options: FunctionWorkersOptions,
  ) {}

  /**
   * What the decorated objects say of `functions`, asked once for each name, target, environment and content of the
   * files.
   * @throws {UdfError} where a module or attribute is missing or fails at import; {EnvironmentError} where an
   * environment cannot be built
   */
  async declare(functions: readonly FunctionReference[]): Promise<ReadonlyMap<string, FunctionDeclaration>> {
    const pythons = await this.options.environments(functions);
    const wanted = new Map(functions.map((f) => [f.name, this.#group(pythons.get(f.name) ?? null)]));
    await this.#makeRoom(new Set(wanted.values()));
    const missing = functions.filter((f) => !this.#isDeclared(f, wanted.get(f.name)!));
    const groups = new Set(missing.map((f) => wanted.get(f.name)!));
    await Promise.all(
      [...groups].map((group) =>
        this.#declareIn(
          group,
          missing.filter((f) => wanted.get(f.name) === group),
        ),
      ),
    );
    return new Map([...this.#declared].map(([name, { declaration }]) => [name, declaration]));
  }

  /** Workers of each Python stage of a statement with these functions: their environments share the slots. */
  parallelism(functions: readonly FunctionReference[]): number {
    const groups = new Set(functions.map((f) => this.#declared.get(f.name)?.group));
    return Math.max(1, Math.floor(this.options.slots / Math.max(1, groups.size)));
  }

  /** Where modules are looked for, absolute. */
  get paths(): readonly string[] {
    return this.options.paths;
  }

  /** A function that has been declared. */
  reference(name: string): FunctionReference {
    return { name, target: this.#declared.get(name)!.declaration.target };
  }

  /** The interpreter of a declared function's own environment; null: the usual one. */
  interpreter(name: string): string | null {
    return this.#declared.get(name)!.group.python?.executable ?? null;
  }

  /** What a function that has been asked about declares. */
  declared(name: string): FunctionDeclaration {
    return this.#declared.get(name)!.declaration;
  }

  /** `count` workers that have imported the functions named; starts those that are missing, in parallel. */
  async lease(count: number, functions: readonly string[]): Promise<Worker[]> {
    const declared = functions.map((name) => this.#declared.get(name)!);
    const group = declared[0]?.group ?? this.#group(null);
    const references = declared.map(({ declaration: { name, target } }) => ({ name, target }));
    return Promise.all(
      Array.from({ length: count }, async (_, i) => {
        const member = await this.#member(group, i);
        const missing = references.filter((f) => member.loaded.get(f.name) !== f.target);
        if (missing.length > 0) await this.#load(group, member, missing);
        return member.worker;
      }),
    );
  }

  /** Peak and cap of the first `count` running workers of a function's environment. */
  usage(count: number, name: string): { readonly worker: Worker; readonly usage: WorkerUsage }[] {
    const running = this.#declared.get(name)?.group.running.slice(0, count) ?? [];
    return running.map((worker) => ({ worker, usage: worker.usage() }));
  }

  /** Ends all workers. `isAborted`: at once, whatever they do; otherwise their functions are closed first. */
  async close(isAborted: boolean): Promise<void> {
    await Promise.all(
      this.#running().map((worker) => (isAborted ? worker.kill({ kind: 'cancelled' }) : worker.stop())),
    );
  }

  #running(): Worker[] {
    return [...this.#groups.values()].flatMap((group) => group.running);
  }

  /** The group of an environment, which becomes the most recently used. */
  #group(python: WorkerPython | null): Group {
    const key = python?.key ?? '';
    const group = this.#groups.get(key) ?? newGroup(python);
    this.#groups.delete(key);
    this.#groups.set(key, group);
    return group;
  }

  #isDeclared({ name, target }: FunctionReference, group: Group): boolean {
    const known = this.#declared.get(name);
    if (known === undefined || known.group !== group) return false;
    return known.declaration.target === target && known.generation === group.generation;
  }

  async #declareIn(group: Group, missing: readonly FunctionReference[]): Promise<void> {
    group.label ??= group.python?.isBuilt === true ? missing[0]!.name : null;
    const member = await this.#member(group, 0);
    for (const declaration of await this.#load(group, member, missing)) {
      if (group.python?.isBuilt !== true) refuseUnread(declaration);
      const options = group.python?.isBuilt === true ? { environment: group.python.key } : {};
      this.#declared.set(declaration.name, {
        declaration: { ...declaration, options: { ...declaration.options, ...options } },
        group,
        generation: group.generation,
      });
    }
  }

  async #load(
    group: Group,
    member: Member,
    functions: readonly FunctionReference[],
  ): Promise<readonly FunctionDeclaration[]> {
    const named = functions.map(({ name, target }) => ({ name, target }));
    const { declarations, sources } = await member.worker.loadFunctions(this.options.paths, named);
    group.sources.add(sources);
    for (const { name, target } of functions) member.loaded.set(name, target);
    return declarations;
  }

  /** Ends workers whose code has changed, and those of other environments that stand in the way. */
  async #makeRoom(wanted: ReadonlySet<Group>): Promise<void> {
    if (this.options.isBusy()) return;
    for (const group of wanted) if (group.sources.changed() !== null) await this.#end(group);
    const memoryBytes = this.options.memoryBytes(wanted.size);
    if (memoryBytes !== this.#memoryBytes) {
      await Promise.all([...this.#groups.values()].map((group) => this.#end(group)));
      this.#memoryBytes = memoryBytes;
    }
    const others = [...this.#groups.values()].filter((group) => !wanted.has(group));
    const each = Math.max(1, Math.floor(this.options.slots / Math.max(1, wanted.size)));
    let rest = Math.max(this.options.slots, wanted.size) - wanted.size * each;
    for (const group of others.reverse()) {
      rest -= group.running.length;
      if (rest < 0) await this.#end(group);
    }
  }

  /** Ends the workers of a group; it starts others when it is needed again. */
  async #end(group: Group): Promise<void> {
    group.generation += 1;
    group.sources.clear();
    await Promise.all(group.running.map((worker) => worker.stop()));
  }

  #member(group: Group, index: number): Promise<Member> {
    group.members[index] ??= this.#start(group, index);
    return group.members[index];
  }

  async #start(group: Group, index: number): Promise<Member> {
    const name = `${group.label ?? 'python'}-${index + 1}`;
    this.#memoryBytes ??= this.options.memoryBytes(1);
    const memoryBytes = this.#memoryBytes;
    const release = this.options.reserve(name, memoryBytes);
    try {
      const worker = await this.bridge.startWorker({
        kind: 'function',
        name,
        memoryBytes,
        cpus: null,
        processes: null,
        openFiles: null,
        workingDirectory: this.options.workingDirectory,
        python: group.python,
        ...this.options.variables,
      });
      // A dead worker is replaced the next time somebody asks for it.
      void worker.ended.then(() => {
        delete group.members[index];
        group.running.splice(group.running.indexOf(worker), 1);
        release();
      });
      group.running.push(worker);
      return { worker, loaded: new Map() };
    } catch (error) {
      delete group.members[index];
      release();
      throw error;
    }
  }
}

/** Dependencies that only running the file made known: its text did not say them. */
function refuseUnread({ name, options, file, line }: FunctionDeclaration): void {
  if (options.packages === undefined && options.python === undefined) return;
  throw new EnvironmentError(
    'ENV_DECLARATION',
    `Function ${name} declares dependencies that its file does not show.`,
    {
      hint: 'Write packages and python into the decorator of the function itself: they are read before the file is run.',
      details: { function: name, file, line },
    },
  );
}

function newGroup(python: WorkerPython | null): Group {
  return { python, label: null, members: [], running: [], sources: new ModuleSources(), generation: 0 };
}
