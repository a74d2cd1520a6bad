/** Memory for the jobs of a session: each gets all that it needs before it starts, in the order of asking. */
import {
  type Grant,
  type GroupGrant,
  type ResourceAmount,
  ResourceError,
  ResourceManager,
} from '../../core/index.js';
import type { FunctionWorkers } from '../function-workers.js';
import { JobLine } from './job-line.js';

/** What a job needs. */
export interface JobNeeds {
  readonly job: string;
  readonly functionWorkers: FunctionWorkers;
  readonly grants: readonly GroupGrant[];
  readonly relationalWorkers: number;
  /** Cap of each. */
  readonly relationalBytes: number;
}

export class JobAdmission {
  readonly #manager: ResourceManager;
  readonly #line = new JobLine();
  #running = 0;

  /** @param workerBytes memory for workers of all kinds */
  constructor(
    workerBytes: number,
    private readonly options: { readonly onNote: (text: string) => void; readonly signal: AbortSignal },
  ) {
    this.#manager = new ResourceManager(memoryOnly(workerBytes));
  }

  /** Neither granted to a job nor held by a worker. */
  get freeBytes(): number {
    return this.#manager.free.memoryBytes;
  }

  /** Memory for one worker, at once; the returned function gives it back. @throws {ResourceError} RESOURCES_TAKEN */
  reserve(owner: string, memoryBytes: number): () => void {
    const grant = this.#manager.request('session', [{ owner, workers: 1, each: memoryOnly(memoryBytes) }]);
    return this.#giveBack(grant);
  }

  /**
   * Resolves when everything that the job needs is granted; a job that must wait says so at once. The returned
   * function gives it back.
   * @throws {ResourceError} RESOURCES_EXCEEDED; the reason of the signal
   */
  admit(needs: JobNeeds): Promise<() => void> {
    let hasSaid = false;
    return this.#line.enter(async () => {
      try {
        return await this.#attempt(needs);
      } catch (error) {
        if (!(error instanceof ResourceError) || error.code !== 'RESOURCES_TAKEN' || this.#running === 0)
          throw error;
        if (!hasSaid) this.options.onNote(`waiting: ${error.message} ${WAIT_HINT}`);
        hasSaid = true;
        return null;
      }
    }, this.options.signal);
  }

  async #attempt(needs: JobNeeds): Promise<() => void> {
    const { job, functionWorkers, grants, relationalWorkers, relationalBytes } = needs;
    const missing = await functionWorkers.makeRoom(grants, relationalWorkers * relationalBytes);
    const each = memoryOnly(relationalBytes);
    const relational =
      relationalWorkers === 0 ? [] : [{ owner: 'relational workers', workers: relationalWorkers, each }];
    const granted = this.#manager.divide(this.#manager.request(job, [...relational, ...missing]));
    const giveBack = granted.map((grant) => this.#giveBack(grant));
    const use = functionWorkers.use(grants, giveBack.slice(relationalWorkers));
    this.#running += 1;
    return () => {
      this.#running -= 1;
      use.release();
      for (const give of giveBack.slice(0, relationalWorkers)) give();
      this.#line.change();
    };
  }

  #giveBack(grant: Grant): () => void {
    return () => {
      this.#manager.release(grant);
      this.#line.change();
    };
  }
}

const WAIT_HINT =
  'It goes on when they end: read their results to the end or leave them, or lower the memory of this job.';

function memoryOnly(memoryBytes: number): ResourceAmount {
  return { memoryBytes, cpus: 0, gpus: 0 };
}
