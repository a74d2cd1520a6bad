import { ResourceError } from '../errors.js';
import { formatMemory } from './parse-memory.js';

/** An amount of the machine; cpus and gpus may be fractions. */
export interface ResourceAmount {
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly gpus: number;
}

/** What one owner (a stage, a group of workers) asks for: `workers` times `each`. */
export interface ResourceRequest {
  readonly owner: string;
  readonly workers: number;
  readonly each: ResourceAmount;
}

/** Requests of one job that were granted together. */
export interface Grant {
  readonly job: string;
  readonly requests: readonly ResourceRequest[];
}

/**
 * Grants shares of one machine; arithmetic only, no processes. The grants never sum past the total. A job gets all
 * that it asks for or nothing, so that two jobs cannot hold what the other waits for.
 */
export class ResourceManager {
  private readonly grants = new Set<Grant>();

  constructor(private readonly total: ResourceAmount) {}

  /** What is not granted. */
  get free(): ResourceAmount {
    return subtract(this.total, sumOf([...this.grants].flatMap((grant) => grant.requests)));
  }

  /**
   * Grants at once.
   * @throws {ResourceError} RESOURCES_EXCEEDED when the machine is too small, RESOURCES_TAKEN when others hold too much
   */
  request(job: string, requests: readonly ResourceRequest[]): Grant {
    this.checkPossible(job, requests);
    if (!fits(sumOf(requests), this.free)) {
      throw new ResourceError('RESOURCES_TAKEN', this.describeWait(job, requests), { hint: TAKEN_HINT });
    }
    return this.grant(job, requests);
  }

  /** Gives a grant back; later calls do nothing. */
  release(grant: Grant): void {
    this.grants.delete(grant);
  }

  /** One grant for each worker of a grant, which is then no more; together they are as much. */
  divide(grant: Grant): Grant[] {
    if (!this.grants.delete(grant)) return [];
    return grant.requests.flatMap(({ owner, workers, each }) =>
      Array.from({ length: workers }, () => this.grant(grant.job, [{ owner, workers: 1, each }])),
    );
  }

  private grant(job: string, requests: readonly ResourceRequest[]): Grant {
    const grant = { job, requests };
    this.grants.add(grant);
    return grant;
  }

  private checkPossible(job: string, requests: readonly ResourceRequest[]): void {
    const needed = sumOf(requests);
    if (fits(needed, this.total)) return;
    throw new ResourceError(
      'RESOURCES_EXCEEDED',
      `Job ${job} asks for more than there is: ${requests.map(describeRequest).join(' + ')} = ${describe(needed)}, ` +
        `the machine has ${describe(this.total)}.`,
      { hint: `Lower these requests or the number of workers, or raise the total to ${describe(needed)}.` },
    );
  }

  private describeWait(job: string, requests: readonly ResourceRequest[]): string {
    const byJob = new Map<string, ResourceRequest[]>();
    for (const grant of this.grants)
      byJob.set(grant.job, [...(byJob.get(grant.job) ?? []), ...grant.requests]);
    const holders = [...byJob].map(
      ([holder, held]) => `${holder} holds ${describe(sumOf(held))} (${ownersOf(held)})`,
    );
    return (
      `Job ${job} needs ${describe(sumOf(requests))} (${ownersOf(requests)}), ${describe(this.free)} of ${describe(this.total)} is free: ` +
      `${holders.join(', ')}.`
    );
  }
}

const TAKEN_HINT = 'Let one of them end first, or raise the total.';

function ownersOf(requests: readonly ResourceRequest[]): string {
  return [...new Set(requests.map(({ owner }) => owner))].join(', ');
}

function sumOf(requests: readonly ResourceRequest[]): ResourceAmount {
  return requests.reduce<ResourceAmount>(
    (sum, { workers, each }) => ({
      memoryBytes: sum.memoryBytes + workers * each.memoryBytes,
      cpus: sum.cpus + workers * each.cpus,
      gpus: sum.gpus + workers * each.gpus,
    }),
    { memoryBytes: 0, cpus: 0, gpus: 0 },
  );
}

function subtract(a: ResourceAmount, b: ResourceAmount): ResourceAmount {
  return { memoryBytes: a.memoryBytes - b.memoryBytes, cpus: a.cpus - b.cpus, gpus: a.gpus - b.gpus };
}

/** Sums of fractions such as 0.1 are not exact: a millionth of a core is no reason to refuse. */
function fits(needed: ResourceAmount, available: ResourceAmount): boolean {
  const slack = 1e-6;
  return (
    needed.memoryBytes <= available.memoryBytes &&
    needed.cpus <= available.cpus + slack &&
    needed.gpus <= available.gpus + slack
  );
}

function describeRequest({ owner, workers, each }: ResourceRequest): string {
  return `${owner} ${workers === 1 ? '' : `${workers} × `}${describe(each)}`;
}

function describe({ memoryBytes, cpus, gpus }: ResourceAmount): string {
  const parts = [formatMemory(memoryBytes)];
  if (cpus > 0) parts.push(`${rounded(cpus)} ${cpus === 1 ? 'core' : 'cores'}`);
  if (gpus > 0) parts.push(`${rounded(gpus)} ${gpus === 1 ? 'GPU' : 'GPUs'}`);
  return parts.join(', ');
}

function rounded(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
