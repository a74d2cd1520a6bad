import { afterEach, describe, expect, it } from 'vitest';
import { parseMetricsAddress } from '../../../cli/metrics/metrics-address.js';
import { MetricsServer } from '../../../cli/metrics/metrics-server.js';
import { prometheusText } from '../../../cli/metrics/prometheus.js';
import { FunctionMetricSet, type MetricValue } from '../../../core/index.js';
import type { JobMetrics } from '../../../operators/index.js';

const VALUE: Omit<MetricValue, 'kind' | 'name'> = {
  function: 'score',
  labels: {},
  value: null,
  count: 0,
  sum: null,
  min: null,
  max: null,
  buckets: [],
};

function metrics(values: readonly MetricValue[], engine: JobMetrics['engine'] = []): JobMetrics {
  const measured = new FunctionMetricSet();
  measured.add(1, values);
  return { jobId: 'j', final: false, readings: measured.readings(), engine };
}

describe('metrics as text for Prometheus', () => {
  it('are counters and gauges of the engine, each name together', () => {
    const engine: JobMetrics['engine'] = [
      { name: 'stage.rows_in', kind: 'counter', labels: { stage: 'a' }, value: 3 },
      { name: 'job.seconds', kind: 'gauge', labels: {}, value: 0.5 },
      { name: 'stage.rows_in', kind: 'counter', labels: { stage: 'b' }, value: 4 },
    ];

    expect(prometheusText(metrics([], engine))).toBe(`# TYPE millstream_up gauge
millstream_up 1
# TYPE millstream_stage_rows_in_total counter
millstream_stage_rows_in_total{stage="a",job="j"} 3
millstream_stage_rows_in_total{stage="b",job="j"} 4
# TYPE millstream_job_seconds gauge
millstream_job_seconds{job="j"} 0.5
`);
  });

  it('are what functions measure, by kind', () => {
    const text = prometheusText(
      metrics([
        { ...VALUE, name: 'over', kind: 'counter', count: -2 },
        { ...VALUE, name: 'factor', kind: 'gauge', value: Number.POSITIVE_INFINITY },
        { ...VALUE, name: 'calls', kind: 'meter', count: 6, value: 2 },
        { ...VALUE, name: 'size', kind: 'distribution', count: 2, sum: 5, min: 1, max: 4 },
      ]),
    );

    expect(text).toContain(
      '# TYPE millstream_udf_over gauge\nmillstream_udf_over{function="score",job="j"} -2\n',
    );
    expect(text).toContain('millstream_udf_factor{function="score",subtask="1",job="j"} +Inf\n');
    expect(text).toContain('# TYPE millstream_udf_calls_total counter\n');
    expect(text).toContain('millstream_udf_calls_per_second{function="score",job="j"} 2\n');
    expect(text).toContain(
      '# TYPE millstream_udf_size summary\nmillstream_udf_size_sum{function="score",job="j"} 5\n',
    );
  });

  it('escape what users name', () => {
    const text = prometheusText(
      metrics([{ ...VALUE, name: 'my-model.1', kind: 'counter', count: 1, labels: { 'a b': 'x"\\\n' } }]),
    );

    expect(text).toContain('millstream_udf_my_model_1{a_b="x\\"\\\\\\n",function="score",job="j"} 1\n');
  });

  it('keep kinds apart where two functions give one name to both', () => {
    const text = prometheusText(
      metrics([
        { ...VALUE, name: 'size', kind: 'gauge', value: 1 },
        { ...VALUE, function: 'other', name: 'size', kind: 'distribution', count: 1, sum: 2 },
      ]),
    );

    expect(text).toContain('# TYPE millstream_udf_size summary\n');
    expect(text).toContain('# TYPE millstream_udf_size_gauge gauge\n');
  });
});

describe('the metrics endpoint', () => {
  let server: MetricsServer;
  afterEach(() => server.close());

  it('serves the latest metrics on this machine alone, and nothing else', async () => {
    server = await MetricsServer.open(parseMetricsAddress('0')!);
    server.update(metrics([], [{ name: 'job.seconds', kind: 'gauge', labels: {}, value: 7 }]));

    const response = await fetch(server.url);

    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    expect(response.headers.get('content-type')).toContain('version=0.0.4');
    expect(await response.text()).toContain('millstream_job_seconds{job="j"} 7');
    expect((await fetch(new URL('/', server.url))).status).toBe(404);
    expect((await fetch(server.url, { method: 'POST' })).status).toBe(404);
  });

  it('says that its port is taken', async () => {
    server = await MetricsServer.open({ host: '127.0.0.1', port: 0 });
    const port = Number(new URL(server.url).port);

    await expect(MetricsServer.open({ host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'METRICS_PORT',
      message: expect.stringContaining('EADDRINUSE'),
    });
  });
});

it.each([
  ['9464', { host: '127.0.0.1', port: 9464 }],
  ['0.0.0.0:1', { host: '0.0.0.0', port: 1 }],
  ['[::1]:65535', { host: '::1', port: 65_535 }],
  ['65536', null],
  ['http', null],
  ['a b:1', null],
])('the address %s is %j', (text, address) => {
  expect(parseMetricsAddress(text)).toEqual(address);
});
