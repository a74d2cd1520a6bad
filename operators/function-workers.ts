/**
 * The function workers of a session, in groups by environment and by declared resources. The first worker of an
 * environment answers questions of the planner. Workers live until the session closes, their code changes, or others
 * need their memory, so that a second statement finds them warm.
 */
import type {
  Bridge,
  DescribeFiles,
  DescribeFilesResult,
  Worker,
  WorkerPython,
  WorkerUsage,
} from '../bridge/index.js';
import {
  type AnalysisRequest,
  EnvironmentError,
  type FunctionDeclaration,
  type GroupGrant,
  isSharedGroup,
  type ResourceRequest,
  SHARED_GROUP,
} from '../core/index.js';
import { ModuleSources } from './environments/module-sources.js';
import {
  type Home,
  type Member,
  WorkerGroup,
  type WorkerGroupOptions,
  type WorkerSize,
} from './worker-group.js';

/** A function as the catalog knows it. */
export interface FunctionReference {
  readonly name: string;
  /** `module.attribute`. */
  readonly target: string;
}

export interface FunctionWorkersOptions
  extends Pick<
    WorkerGroupOptions,
    'workingDirectory' | 'variables' | 'gpus' | 'limits' | 'reserve' | 'idle'
  > {
  /** Workers that have their memory at the same time. */
  readonly slots: number;
  /** Memory that is neither granted to a job nor held by a worker. */
  readonly freeBytes: () => number;
  /** Hard cap of each worker that declares none, where that many environments run side by side. @throws {ResourceError} where it is too little */
  readonly memoryBytes: (environments: number) => number;
  /** Each function has a sandbox, and so workers, of its own. */
  readonly sandboxEach: boolean;
  /** Where modules are looked for, absolute, first match wins. */
  readonly paths: readonly string[];
  /** The environment of each function; built first where it is new. */
  readonly environments: (
    functions: readonly FunctionReference[],
  ) => Promise<ReadonlyMap<string, WorkerPython | null>>;
}

interface Declared {
  readonly declaration: FunctionDeclaration;
  readonly home: Home;
  readonly generation: number;
}

export class FunctionWorkers {
  readonly #homes = new Map<string, Home>();
  /** By environment and kind of resources, least recently used first. */
  readonly #groups = new Map<string, WorkerGroup>();
  readonly #declared = new Map<string, Declared>();

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
    const wanted = new Map(functions.map((f) => [f.name, this.#home(pythons.get(f.name) ?? null, f.name)]));
    const homes = new Set(wanted.values());
    await this.#endChanged(homes);
    const missing = functions.filter((f) => !this.#isDeclared(f, wanted.get(f.name)!));
    const asked = new Set(missing.map((f) => wanted.get(f.name)!));
    await this.#makeRoomForQuestions(asked, homes.size);
    await Promise.all(
      [...asked].map((home) =>
        this.#declareIn(
          home,
          missing.filter((f) => wanted.get(f.name) === home),
        ),
      ),
    );
    return new Map([...this.#declared].map(([name, { declaration }]) => [name, declaration]));
  }

  /** Workers of each Python stage of a statement with these functions: their environments share the slots. */
  parallelism(functions: readonly FunctionReference[]): number {
    const homes = new Set(functions.map((f) => this.#declared.get(f.name)?.home));
    return Math.max(1, Math.floor(this.options.slots / Math.max(1, homes.size)));
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
    return this.#declared.get(name)!.home.python?.executable ?? null;
  }

  /**
   * The columns that `analyze` of a declared function gives for a call, as SQL text of a ROW.
   * @throws {UdfError} UDF_ANALYZE
   */
  async analyze(request: AnalysisRequest): Promise<string> {
    const { declaration, home } = this.#declared.get(request.function)!;
    return this.#ask(home, async (member) => {
      if (member.loaded.get(declaration.name) !== declaration.target)
        await this.#load(home, member, [declaration]);
      return (await member.worker.analyzeFunction(request)).columns;
    });
  }

  /** What Parquet files have, as the workers of a declared function read them. */
  async describeFiles(name: string, request: Omit<DescribeFiles, 'kind'>): Promise<DescribeFilesResult> {
    const member = await this.#group(this.#declared.get(name)!.home, SHARED_GROUP).member(0);
    return member.worker.describeFiles(request);
  }

  /** What a function that has been asked about declares. */
  declared(name: string): FunctionDeclaration {
    return this.#declared.get(name)!.declaration;
  }

  /**
   * Before a job: gives its groups their sizes, and ends idle workers of others while less is free than what the job
   * needs, `otherBytes` beside these workers. Returns what to ask for: the workers that do not run yet. Groups that another job uses stay as they are.
   */
  async makeRoom(grants: readonly GroupGrant[], otherBytes: number): Promise<readonly ResourceRequest[]> {
    const groups = grants.map((grant) => ({ grant, group: this.#groupOf(grant) }));
    const idle = [...this.#groups.values()].filter(({ users }) => users === 0);
    await Promise.all(idle.map((group) => group.endSpare()));
    for (const { grant, group } of groups) {
      const { capBytes: memoryBytes, cpus, gpus } = grant;
      if (group.users === 0) await group.resize({ memoryBytes, cpus, gpus });
    }
    const requests = groups.map(({ grant, group }) => ({
      owner: grant.functions.join(', '),
      workers: Math.max(0, grant.workers - group.running.length),
      each: { memoryBytes: group.size!.memoryBytes, cpus: 0, gpus: 0 },
    }));
    const needed = requests.reduce((sum, { workers, each }) => sum + workers * each.memoryBytes, 0);
    const wantsDevices = grants.some(({ gpus }) => gpus !== null);
    const wanted = new Set(groups.map(({ group }) => group));
    for (const group of this.#groups.values()) {
      if (group.users > 0 || wanted.has(group)) continue;
      const isInTheWay = wantsDevices && group.size?.gpus != null;
      if (isInTheWay || this.options.freeBytes() < needed + otherBytes) await group.end();
    }
    return requests;
  }

  /** Gives a job the groups that `makeRoom` made ready, with memory for the workers that were asked for. */
  use(grants: readonly GroupGrant[], reserved: readonly (() => void)[]): { release(): void } {
    const rest = [...reserved];
    const groups = grants.map((grant) => {
      const group = this.#groupOf(grant);
      const missing = Math.max(0, grant.workers - group.running.length);
      for (const giveBack of rest.splice(0, missing)) group.grant(giveBack);
      return group.use();
    });
    for (const giveBack of rest) giveBack();
    return {
      release: () => {
        for (const leave of groups) leave();
      },
    };
  }

  /** `count` workers of a group that have imported the functions named; starts those that are missing, in parallel. */
  async lease(count: number, functions: readonly string[], groupName = SHARED_GROUP): Promise<Worker[]> {
    return Promise.all(Array.from({ length: count }, (_, i) => this.leaseOne(i, functions, groupName)));
  }

  /** The `index`th worker of a group, with the functions named. */
  async leaseOne(index: number, functions: readonly string[], groupName = SHARED_GROUP): Promise<Worker> {
    const declared = functions.map((name) => this.#declared.get(name)!);
    const home = declared[0]?.home ?? this.#home(null, '');
    const group = this.#group(home, groupName);
    if (group.size === null) await group.resize(this.#standardSize(1));
    const member = await group.member(index);
    const missing = declared
      .map(({ declaration: { name, target } }) => ({ name, target }))
      .filter((f) => member.loaded.get(f.name) !== f.target);
    if (missing.length > 0) await this.#load(home, member, missing);
    const all = [...member.loaded].map(([name, target]) => ({ name, target }));
    group.keepSpare((spare) => this.#load(home, spare, all));
    return member.worker;
  }

  /** Peak and cap of the first `count` running workers of a function's group. */
  usage(
    count: number,
    name: string,
    groupName: string,
  ): { readonly worker: Worker; readonly usage: WorkerUsage }[] {
    const home = this.#declared.get(name)?.home;
    const running = home === undefined ? [] : this.#group(home, groupName).running.slice(0, count);
    return running.map((worker) => ({ worker, usage: worker.usage() }));
  }

  /** Ends all workers. `isAborted`: at once, whatever they do; otherwise their functions are closed first. */
  async close(isAborted: boolean): Promise<void> {
    const groups = [...this.#groups.values()];
    const running = groups.flatMap((group) => group.running);
    await Promise.all([
      ...groups.map((group) => group.endSpare()),
      ...running.map((worker) => (isAborted ? worker.kill({ kind: 'cancelled' }) : worker.stop())),
    ]);
  }

  #home(python: WorkerPython | null, name: string): Home {
    const sandbox = this.options.sandboxEach ? name : null;
    const key = [python?.key ?? '', ...(sandbox === null ? [] : [sandbox])].join(' ');
    const home = this.#homes.get(key) ?? {
      key,
      python,
      sandbox,
      label: sandbox,
      sources: new ModuleSources(),
      generation: 0,
    };
    this.#homes.set(key, home);
    return home;
  }

  #groupOf({ name, functions }: GroupGrant): WorkerGroup {
    const group = this.#group(this.#declared.get(functions[0]!)!.home, name);
    if (!isSharedGroup(name)) group.label ??= functions[0]!;
    return group;
  }

  /** A group of workers, which becomes the most recently used. */
  #group(home: Home, name: string): WorkerGroup {
    const key = isSharedGroup(name) ? home.key : `${home.key} ${name}`;
    const group = this.#groups.get(key) ?? new WorkerGroup(home, { ...this.options, bridge: this.bridge });
    this.#groups.delete(key);
    this.#groups.set(key, group);
    return group;
  }

  #isDeclared({ name, target }: FunctionReference, home: Home): boolean {
    const known = this.#declared.get(name);
    if (known === undefined || known.home !== home) return false;
    return known.declaration.target === target && known.generation === home.generation;
  }

  async #declareIn(home: Home, missing: readonly FunctionReference[]): Promise<void> {
    home.label ??= home.python?.isBuilt === true ? missing[0]!.name : null;
    for (const declaration of await this.#ask(home, (member) => this.#load(home, member, missing))) {
      if (home.python?.isBuilt !== true) refuseUnread(declaration);
      const options = {
        ...(home.python?.isBuilt === true && { environment: home.python.key }),
        ...(home.sandbox !== null && { sandbox: home.sandbox }),
      };
      this.#declared.set(declaration.name, {
        declaration: { ...declaration, options: { ...declaration.options, ...options } },
        home,
        generation: home.generation,
      });
    }
  }

  /** The first worker of a home answers what the planner asks. */
  async #ask<Answer>(home: Home, question: (member: Member) => Promise<Answer>): Promise<Answer> {
    const group = this.#group(home, SHARED_GROUP);
    const leave = group.use();
    try {
      return await question(await group.member(0));
    } finally {
      leave();
    }
  }

  async #load(
    home: Home,
    member: Member,
    functions: readonly FunctionReference[],
  ): Promise<readonly FunctionDeclaration[]> {
    const named = functions.map(({ name, target }) => ({ name, target }));
    const { declarations, sources } = await member.worker.loadFunctions(this.options.paths, named);
    home.sources.add(sources);
    for (const { name, target } of functions) member.loaded.set(name, target);
    return declarations;
  }

  /** Ends workers whose code has changed, where no job uses them. */
  async #endChanged(homes: ReadonlySet<Home>): Promise<void> {
    for (const home of homes) {
      const groups = [...this.#groups.values()].filter((group) => group.home === home);
      if (groups.some((group) => group.users > 0) || home.sources.changed() === null) continue;
      home.generation += 1;
      home.sources.clear();
      await Promise.all(groups.map((group) => group.end()));
    }
  }

  /** The first worker of each home answers questions: idle ones of others end where they stand in its way. */
  async #makeRoomForQuestions(homes: ReadonlySet<Home>, environments: number): Promise<void> {
    const asked = [...homes].map((home) => this.#group(home, SHARED_GROUP));
    const starting = asked.filter((group) => group.running.length === 0);
    const size = starting.length === 0 ? null : this.#standardSize(environments);
    for (const group of starting) if (group.users === 0) await group.resize(size!);
    const needed = starting.reduce((sum, group) => sum + group.size!.memoryBytes, 0);
    for (const group of this.#groups.values()) {
      if (this.options.freeBytes() >= needed) return;
      if (group.users === 0 && !asked.includes(group)) await group.end();
    }
  }

  #standardSize(environments: number): WorkerSize {
    return { memoryBytes: this.options.memoryBytes(environments), cpus: null, gpus: null };
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
