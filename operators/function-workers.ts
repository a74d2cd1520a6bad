/**
 * The function workers of a session: the first answers questions of the planner, all of them run Python stages.
 * They live until the session closes, so that a second statement finds them warm.
 */
import type { Bridge, Worker, WorkerUsage } from '../bridge/index.js';
import type { FunctionDeclaration } from '../core/index.js';

/** A function as the catalog knows it. */
export interface FunctionReference {
  readonly name: string;
  /** `module.attribute`. */
  readonly target: string;
}

export interface FunctionWorkersOptions {
  /** Hard cap of each worker; granted by the resource manager before `start` is called. */
  readonly memoryBytes: number;
  readonly workingDirectory: string;
  /** Where modules are looked for, absolute, first match wins. */
  readonly paths: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Asks for the memory of one more worker; throws a ResourceError with the arithmetic. Returns how to give it back. */
  readonly reserve: (name: string) => () => void;
}

/** A worker and what has been imported there: targets by function name. */
interface Member {
  readonly worker: Worker;
  readonly loaded: Map<string, string>;
}

export class FunctionWorkers {
  readonly #members: Promise<Member>[] = [];
  readonly #running: Worker[] = [];
  readonly #declarations = new Map<string, FunctionDeclaration>();

  constructor(
    private readonly bridge: Bridge,
    private readonly options: FunctionWorkersOptions,
  ) {}

  /**
   * What the decorated objects say of `functions`, asked once for each name and target.
   * @throws {UdfError} where a module or attribute is missing or fails at import.
   */
  async declare(functions: readonly FunctionReference[]): Promise<ReadonlyMap<string, FunctionDeclaration>> {
    const missing = functions
      .filter((f) => this.#declarations.get(f.name)?.target !== f.target)
      .map(({ name, target }) => ({ name, target }));
    if (missing.length > 0) {
      const member = await this.#member(0);
      const declarations = await member.worker.loadFunctions(this.options.paths, missing);
      for (const declaration of declarations) {
        this.#declarations.set(declaration.name, declaration);
        member.loaded.set(declaration.name, declaration.target);
      }
    }
    return this.#declarations;
  }

  /** Where modules are looked for, absolute. */
  get paths(): readonly string[] {
    return this.options.paths;
  }

  /** A function that has been declared. */
  reference(name: string): FunctionReference {
    return { name, target: this.#declarations.get(name)!.target };
  }

  /** What a function that has been asked about declares. */
  declared(name: string): FunctionDeclaration {
    return this.#declarations.get(name)!;
  }

  /** `count` workers that have imported the functions named; starts those that are missing, in parallel. */
  async lease(count: number, functions: readonly string[]): Promise<Worker[]> {
    const references = functions.map((name) => ({ name, target: this.#declarations.get(name)!.target }));
    return Promise.all(
      Array.from({ length: count }, async (_, i) => {
        const member = await this.#member(i);
        const missing = references.filter((f) => member.loaded.get(f.name) !== f.target);
        if (missing.length > 0) {
          await member.worker.loadFunctions(this.options.paths, missing);
          for (const f of missing) member.loaded.set(f.name, f.target);
        }
        return member.worker;
      }),
    );
  }

  /** Peak and cap of each running worker, in the order of their numbers. */
  usage(): { readonly worker: Worker; readonly usage: WorkerUsage }[] {
    return this.#running.map((worker) => ({ worker, usage: worker.usage() }));
  }

  /** Ends all workers. `isAborted`: at once, whatever they do; otherwise their functions are closed first. */
  async close(isAborted: boolean): Promise<void> {
    await Promise.all(
      this.#running.map((worker) => (isAborted ? worker.kill({ kind: 'cancelled' }) : worker.stop())),
    );
  }

  #member(index: number): Promise<Member> {
    this.#members[index] ??= this.#start(index);
    return this.#members[index];
  }

  async #start(index: number): Promise<Member> {
    const name = `python-${index + 1}`;
    const release = this.options.reserve(name);
    try {
      const worker = await this.bridge.startWorker({
        kind: 'function',
        name,
        memoryBytes: this.options.memoryBytes,
        cpus: null,
        processes: null,
        openFiles: null,
        workingDirectory: this.options.workingDirectory,
        environment: this.options.environment,
      });
      // A dead worker is replaced the next time somebody asks for it.
      void worker.ended.then(() => {
        delete this.#members[index];
        this.#running.splice(this.#running.indexOf(worker), 1);
        release();
      });
      this.#running.push(worker);
      return { worker, loaded: new Map() };
    } catch (error) {
      delete this.#members[index];
      release();
      throw error;
    }
  }
}
