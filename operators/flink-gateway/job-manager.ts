/** A job as its JobManager tells of it. */
import { RestFailure, type RestServer } from './rest.js';

const FINAL: ReadonlySet<string> = new Set(['FINISHED', 'FAILED', 'CANCELED']);

/** Whether a job in this state of Flink's does not change any more: one that is SUSPENDED may be taken over by another JobManager. */
export function isFinalState(state: string): boolean {
  return FINAL.has(state);
}

export interface JobReading {
  /** Flink's: RUNNING, RESTARTING, FINISHED, … */
  readonly state: string;
  readonly isFinal: boolean;
  readonly vertices: number;
  readonly finishedVertices: number;
  /** Rows that the sources have read, as far as Flink has counted. */
  readonly rowsRead: number;
}

interface WireJob {
  readonly state: string;
  readonly vertices: readonly {
    readonly id: string;
    readonly status: string;
    readonly metrics: { readonly 'write-records': number; readonly 'read-records': number };
  }[];
  /** Sources have no inputs. */
  readonly plan: { readonly nodes: readonly { readonly id: string; readonly inputs?: readonly unknown[] }[] };
}

/** The REST server of a JobManager. */
export class JobManager {
  constructor(private readonly server: RestServer) {}

  /** Flink's version; null where no JobManager answers at the address. */
  async version(): Promise<string | null> {
    try {
      const config = (await this.server.call('GET', '/config')) as { 'flink-version'?: string };
      return config['flink-version'] ?? null;
    } catch {
      return null;
    }
  }

  /** The page of Flink's web interface. */
  link(jobId: string): string {
    return `${this.server.url}/#/job/running/${jobId}`;
  }

  async read(jobId: string): Promise<JobReading> {
    const { state, vertices, plan } = (await this.server.call('GET', `/jobs/${jobId}`)) as WireJob;
    const sources = new Set(plan.nodes.filter(({ inputs = [] }) => inputs.length === 0).map(({ id }) => id));
    return {
      state,
      isFinal: isFinalState(state),
      vertices: vertices.length,
      finishedVertices: vertices.filter(({ status }) => status === 'FINISHED').length,
      rowsRead: vertices
        .filter(({ id }) => sources.has(id))
        .reduce((sum, { metrics }) => sum + metrics['write-records'], 0),
    };
  }

  /** The stack that the job failed of; empty where it did not. */
  async failure(jobId: string): Promise<string> {
    const { exceptionHistory, 'root-exception': root } = (await this.server.call(
      'GET',
      `/jobs/${jobId}/exceptions`,
    )) as {
      readonly 'root-exception'?: string | null;
      readonly exceptionHistory?: { readonly entries: readonly { readonly stacktrace: string }[] };
    };
    return exceptionHistory?.entries[0]?.stacktrace ?? root ?? '';
  }

  /** A job that has ended already is left alone. @throws {RestFailure} it cannot be cancelled; {EnvironmentError} FLINK_UNREACHABLE */
  async cancel(jobId: string): Promise<void> {
    try {
      await this.server.call('PATCH', `/jobs/${jobId}?mode=cancel`);
    } catch (error) {
      const hasEnded = error instanceof RestFailure && (error.status === 404 || error.status === 409);
      if (!hasEnded) throw error;
    }
  }
}
