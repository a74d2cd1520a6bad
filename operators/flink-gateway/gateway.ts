/** Flink's SQL gateway: its versions, sessions and statements. */
import { EnvironmentError } from '../../core/index.js';
import { type GatewayPage, readPage } from './gateway-page.js';
import type { RestServer } from './rest.js';

/** Versions of its REST API in which everything here is alike; the newest one first. */
const SPOKEN = ['V4', 'V3', 'V2'];

/** A gateway that was asked what it is. */
export class SqlGateway {
  private constructor(
    private readonly server: RestServer,
    private readonly api: string,
    /** Flink's, `2.3.0`. */
    readonly version: string,
  ) {}

  /** @throws {EnvironmentError} FLINK_VERSION; {RestFailure} where no gateway answers */
  static async connect(server: RestServer): Promise<SqlGateway> {
    const { version } = (await server.call('GET', '/info')) as { version: string };
    const { versions } = (await server.call('GET', '/api_versions')) as { versions: readonly string[] };
    const api = SPOKEN.find((each) => versions.includes(each));
    if (api === undefined) {
      throw new EnvironmentError(
        'FLINK_VERSION',
        `The gateway at ${server.url} is of Flink ${version} and speaks ${versions.join(', ')}, not ${SPOKEN.join(', ')}.`,
        { hint: 'Take a gateway of Flink 1.20 or newer.' },
      );
    }
    return new SqlGateway(server, api.toLowerCase(), version);
  }

  /** @param properties configuration that the session begins with */
  async openSession(properties: Readonly<Record<string, string>>): Promise<GatewaySession> {
    const path = `/${this.api}/sessions`;
    const { sessionHandle } = (await this.server.call('POST', path, { properties })) as {
      sessionHandle: string;
    };
    return new GatewaySession(this.server, `${path}/${sessionHandle}`);
  }
}

/** A session; it belongs to whoever opened it, who closes it. A session that nobody asks is closed after 10 minutes. */
export class GatewaySession {
  constructor(
    private readonly server: RestServer,
    private readonly path: string,
  ) {}

  /** The configuration in force: the cluster's, and the session's over it. */
  async properties(): Promise<Readonly<Record<string, string>>> {
    const { properties } = (await this.server.call('GET', this.path)) as {
      properties: Readonly<Record<string, string>>;
    };
    return properties;
  }

  /** Keeps the session while nothing else is asked. */
  async heartbeat(): Promise<void> {
    await this.server.call('POST', `${this.path}/heartbeat`, {});
  }

  /**
   * Runs a statement and gives its pages as they are ready; leaving early cancels a query.
   * @param pause waits between two questions
   * @throws {RestFailure} the statement or its job failed, with Flink's stack
   */
  async *execute(statement: string, pause: () => Promise<void>): AsyncGenerator<GatewayPage> {
    const { operationHandle } = (await this.server.call('POST', `${this.path}/statements`, {
      statement,
    })) as {
      operationHandle: string;
    };
    const operation = `${this.path}/operations/${operationHandle}`;
    try {
      let next: string | null = `${operation}/result/0?rowFormat=JSON`;
      while (next !== null) {
        const page: GatewayPage = await readPage(this.server, next);
        if (page.next !== null && page.rows.length === 0) await pause();
        yield page;
        next = page.next;
      }
    } finally {
      await this.server.discard(`${operation}/close`);
    }
  }

  /** Ends the session and its queries; jobs that write go on. */
  async close(): Promise<void> {
    await this.server.discard(this.path);
  }
}
