/** The endpoint of `--metrics-port`: what a job measures, for Prometheus to fetch while it runs. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JobMetrics } from '../../operators/index.js';
import { JobError } from '../job/job-error.js';
import type { MetricsAddress } from './metrics-address.js';
import { prometheusText } from './prometheus.js';

export class MetricsServer {
  #last: JobMetrics | null = null;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      if (request.method !== 'GET' || request.url !== '/metrics') {
        response.writeHead(404).end('GET /metrics\n');
        return;
      }
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
      response.end(prometheusText(this.#last));
    });
  }

  /**
   * Listens; a running server does not keep the process alive.
   * @param option that named the port, for the error
   * @throws {JobError} METRICS_PORT
   */
  static async open({ host, port }: MetricsAddress, option = '--metrics-port'): Promise<MetricsServer> {
    const server = new MetricsServer();
    try {
      server.#server.listen(port, host);
      await once(server.#server, 'listening');
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
      throw new JobError(
        'METRICS_PORT',
        `${option}: cannot listen on ${host}, port ${port} (${code})`,
        null,
        {
          hint: 'Name a port that is free, or 0 for any.',
          cause: error,
        },
      );
    }
    server.#server.unref();
    return server;
  }

  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `http://${address.includes(':') ? `[${address}]` : address}:${port}/metrics`;
  }

  /** Takes the place of what was measured before. */
  update(metrics: JobMetrics): void {
    this.#last = metrics;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
