import { afterEach, describe, expect, it } from 'vitest';
import { JobManager, RestFailure, RestServer, ResultRows, SqlGateway } from '../../../operators/index.js';
import { type Answer, type FakeFlink, fakeFlink, GATEWAY, pagePath } from './fake-flink.js';

const never = new AbortController().signal;
const noPause = async () => {};

describe('the client of a SQL gateway', () => {
  let flink: FakeFlink;

  afterEach(() => flink.close());

  async function connect(answers: Readonly<Record<string, readonly Answer[]>> = {}): Promise<SqlGateway> {
    flink = await fakeFlink({ ...GATEWAY, ...answers });
    return SqlGateway.connect(new RestServer(flink.url, never));
  }

  it('speaks the newest version that both know', async () => {
    const gateway = await connect({
      'GET /api_versions': [{ versions: ['V1', 'V2', 'V3', 'V9'] }],
      'POST /v3/sessions': [{ sessionHandle: 'third' }],
    });
    expect(gateway.version).toBe('2.3.0');
    await gateway.openSession({ 'parallelism.default': '2' });
    expect(flink.requests.at(-1)).toBe('POST /v3/sessions {"properties":{"parallelism.default":"2"}}');
  });

  it('is refused by a gateway that is too old', async () => {
    await expect(connect({ 'GET /api_versions': [{ versions: ['V1'] }] })).rejects.toMatchObject({
      code: 'FLINK_VERSION',
    });
  });

  it('says that nobody answers', async () => {
    flink = await fakeFlink({});
    const { url } = flink;
    await flink.close();
    const server = new RestServer(url, never);
    await expect(SqlGateway.connect(server)).rejects.toMatchObject({
      code: 'FLINK_UNREACHABLE',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  const NUMBERS = [{ name: 'n', logicalType: { type: 'BIGINT', nullable: false } }];
  const page = (type: string, data: unknown[][], next: string | null, columns: object[] = NUMBERS) => ({
    resultType: type,
    nextResultUri: next,
    jobID: 'abc',
    isQueryResult: true,
    results: { columns, data: data.map((fields) => ({ kind: 'UPDATE_AFTER', fields })) },
  });

  it('follows the pages of a statement, pauses where there is nothing yet, and closes the operation', async () => {
    const gateway = await connect({
      [`GET ${pagePath(0)}`]: [
        { resultType: 'NOT_READY', nextResultUri: pagePath(0) },
        JSON.stringify(page('PAYLOAD', [['@']], pagePath(1))).replace('"@"', '9007199254740993'),
      ],
      [`GET ${pagePath(1)}`]: [page('EOS', [], null)],
    });
    const session = await gateway.openSession({});
    let pauses = 0;
    const texts: string[] = [];
    for await (const seen of session.execute('SELECT n FROM t', async () => void pauses++)) {
      if (seen.columns.length === 0) continue;
      const batch = new ResultRows(seen.columns, true).batch(seen);
      for (let row = 0; row < batch.rows; row++)
        texts.push(`${batch.changes![row]} ${batch.jsonText(row, 0)}`);
    }
    expect(texts).toEqual(['+U 9007199254740993']);
    expect(pauses).toBe(1);
    expect(flink.requests.at(-1)).toBe('DELETE /v4/sessions/s/operations/o/close');
  });

  it('takes a page as text where the gateway cannot write it in JSON', async () => {
    const types = ['DOUBLE', 'VARBINARY', 'TIMESTAMP_WITHOUT_TIME_ZONE'];
    const columns = types.map((type) => ({
      name: type,
      logicalType: { type, nullable: true, precision: 3, length: 9 },
    }));
    const gateway = await connect({
      [`GET ${pagePath(0)}`]: [{ status: 500, errors: ['java.lang.NumberFormatException: Infinite or NaN'] }],
      [`GET ${pagePath(0, 'PLAIN_TEXT')}`]: [
        page(
          'EOS',
          [
            ['NaN', "x'01ff'", '2020-01-01 10:11:12.5'],
            [null, null, null],
          ],
          null,
          columns,
        ),
      ],
    });
    const session = await gateway.openSession({});
    for await (const seen of session.execute('SELECT 1', noPause)) {
      const batch = new ResultRows(seen.columns, false).batch(seen);
      expect(batch.changes).toBeNull();
      expect([0, 1, 2].map((column) => batch.jsonText(0, column))).toEqual([
        '{"$float": "NaN"}',
        '{"$bytes": "Af8="}',
        '"2020-01-01 10:11:12.5"',
      ]);
      expect([0, 1, 2].map((column) => batch.jsonText(1, column))).toEqual(['null', 'null', 'null']);
    }
  });

  it('refuses nested values that came as text, by the name of the column', () => {
    const type = { kind: 'ARRAY', nullable: true, element: { kind: 'DOUBLE', nullable: true } } as const;
    const rows = new ResultRows([{ name: 'a', type }], false);
    const seen = { jobId: null, isQuery: true, columns: [], next: null, form: 'text' } as const;
    const batch = rows.batch({ ...seen, rows: [{ change: '+I', values: ['[NaN]'] }] });
    expect(() => batch.jsonText(0, 0)).toThrow(expect.objectContaining({ code: 'FLINK_RESULT' }));
  });

  it('reads every type that SQL has as `run` prints it', () => {
    const nested = {
      kind: 'ROW',
      nullable: true,
      fields: [
        { name: 'd', type: { kind: 'DECIMAL', nullable: true, precision: 10, scale: 2 } },
        {
          name: 'm',
          type: { kind: 'MULTISET', nullable: true, element: { kind: 'STRING', nullable: true } },
        },
        { name: 'l', type: { kind: 'TIMESTAMP_LTZ', nullable: true, precision: 3 } },
      ],
    } as const;
    const rows = new ResultRows([{ name: 'r', type: nested }], false);
    const value = { d: 1, m: { a: 2 }, l: '2020-01-01T10:11:12.123Z' };
    const seen = { jobId: null, isQuery: true, columns: [], next: null, form: 'json' } as const;
    expect(rows.batch({ ...seen, rows: [{ change: '+I', values: [value] }] }).jsonText(0, 0)).toBe(
      '["1.00", {"$map": [["a", 2]]}, "2020-01-01 10:11:12.123Z"]',
    );
  });

  it('closes the operation and the session also when its signal was aborted', async () => {
    flink = await fakeFlink({
      ...GATEWAY,
      [`GET ${pagePath(0)}`]: [{ resultType: 'NOT_READY', nextResultUri: pagePath(0) }],
    });
    const stop = new AbortController();
    const session = await (await SqlGateway.connect(new RestServer(flink.url, stop.signal))).openSession({});
    const first = session.execute('SELECT 1', async () => stop.abort());
    await first.next();
    await expect(first.next()).rejects.toMatchObject({ code: 'CANCELLED' });
    await session.close();
    expect(flink.requests.slice(-2)).toEqual([
      'DELETE /v4/sessions/s/operations/o/close',
      'DELETE /v4/sessions/s',
    ]);
  });

  it('counts the rows of all sources of a job', async () => {
    const vertex = (id: string, rows: number) => ({
      id,
      status: 'RUNNING',
      metrics: { 'write-records': rows, 'read-records': 0 },
    });
    const nodes = [{ id: 'orders' }, { id: 'rates', inputs: [] }, { id: 'join', inputs: [{ id: 'orders' }] }];
    flink = await fakeFlink({
      'GET /jobs/j': [
        {
          state: 'RUNNING',
          vertices: [vertex('orders', 5), vertex('rates', 2), vertex('join', 9)],
          plan: { nodes },
        },
      ],
    });
    const jobManager = new JobManager(new RestServer(flink.url, never));
    expect(await jobManager.read('j')).toMatchObject({ state: 'RUNNING', vertices: 3, rowsRead: 7 });
  });

  it('a job that could not be cancelled is told, one that has ended is not', async () => {
    flink = await fakeFlink({
      'PATCH /jobs/gone?mode=cancel': [{ status: 409, errors: ['ended'] }],
      'PATCH /jobs/held?mode=cancel': [{ status: 503, errors: ['no leader'] }],
    });
    const jobManager = new JobManager(new RestServer(flink.url, never));
    await jobManager.cancel('gone');
    await expect(jobManager.cancel('held')).rejects.toMatchObject({ status: 503 });
  });

  it('passes on what the gateway says of a statement that failed', async () => {
    const gateway = await connect({ [`GET ${pagePath(0)}`]: [{ status: 500, errors: ['no', 'such'] }] });
    const session = await gateway.openSession({});
    const first = session.execute('SELECT nosuch', noPause).next();
    await expect(first).rejects.toThrow(RestFailure);
    await expect(first).rejects.toMatchObject({ text: 'no\nsuch' });
  });
});
