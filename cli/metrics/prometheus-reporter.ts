/** `metrics.reporter.prom.port`: an endpoint on the port that the job says, opened when it first measures something. */
import type { JobMetrics } from '../../operators/index.js';
import type { MetricsServer } from './metrics-server.js';

const OPTION = 'metrics.reporter.prom.port';
const MOST_PORT = 65_535;

export class PrometheusReporter {
  #last: JobMetrics | null = null;
  #server: MetricsServer | null = null;
  /** What was asked for; another one changes nothing, as the endpoint stays. */
  #asked: string | null = null;
  #isClosed = false;

  constructor(private readonly say: (text: string) => void) {}

  /** @param port a port, or a range of which the first free one is taken */
  update(port: string, metrics: JobMetrics): void {
    this.#last = metrics;
    this.#server?.update(metrics);
    if (this.#asked !== null) return;
    this.#asked = port;
    // A job does not fail because nobody can watch it.
    this.#open(port).catch((error: Error) => this.say(error.message));
  }

  close(): void {
    this.#isClosed = true;
    this.#server?.close();
  }

  async #open(range: string): Promise<void> {
    const { MetricsServer: Server } = await import('./metrics-server.js');
    const [first, last = first] = range.split('-').map(Number) as [number, number?];
    if (!(first <= last && last <= MOST_PORT)) {
      throw new Error(`${OPTION}: '${range}' is no port and no range of ports up to ${MOST_PORT}`);
    }
    for (let port = first; ; port++) {
      try {
        const server = await Server.open({ host: '127.0.0.1', port }, OPTION);
        if (this.#isClosed) server.close();
        else this.#begin(server);
        return;
      } catch (error) {
        if (port >= last) throw error;
      }
    }
  }

  #begin(server: MetricsServer): void {
    this.#server = server;
    if (this.#last !== null) server.update(this.#last);
    this.say(`Metrics at ${server.url}`);
  }
}
