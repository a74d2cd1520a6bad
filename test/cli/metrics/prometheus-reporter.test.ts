import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { PrometheusReporter } from '../../../cli/metrics/prometheus-reporter.js';

const METRICS = {} as Parameters<PrometheusReporter['update']>[1];

function told(port: string): Promise<string> {
  return new Promise((resolve) => new PrometheusReporter(resolve).update(port, METRICS));
}

it('a port that is taken is told by the setting that named it', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  expect(await told(String(port))).toBe(
    `metrics.reporter.prom.port: cannot listen on 127.0.0.1, port ${port} (EADDRINUSE)`,
  );
  await new Promise((resolve) => server.close(resolve));
});

it.each(['65536', '9260-9250', '65535-70000'])('%s is no port and no range of ports', async (port) => {
  expect(await told(port)).toContain(`'${port}' is no port and no range of ports up to 65535`);
});
