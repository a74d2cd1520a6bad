import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { submitToCluster } from '../../../cli/commands/submit-cluster.js';
import {
  type Answer,
  type FakeFlink,
  fakeFlink,
  GATEWAY,
  pagePath,
} from '../../operators/flink-gateway/fake-flink.js';
import { fakeSession } from '../support/fake-session.js';

const OPTIONS = {
  mode: null,
  configuration: { 'millstream.memory': '2 gb', 'parallelism.default': '2' },
  quiet: false,
  version: null,
  filesAt: null,
  jars: [],
  pythonOfWorkers: null,
  pythonOfGateway: null,
  python: null,
  waits: true,
  given: [],
  format: 'jsonl',
} as const;

const INSERT = 'INSERT INTO o SELECT f(a) FROM t';
const FUNCTION = "CREATE TEMPORARY FUNCTION f AS 'functions.f' LANGUAGE PYTHON";

describe('submit to a cluster', () => {
  let folder: string;
  let gateway: FakeFlink;
  let jobManager: FakeFlink;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'millstream-submit-test-'));
    writeFileSync(join(folder, 'functions.py'), 'from millstream import udf\n');
  });

  afterEach(async () => {
    await gateway.close();
    await jobManager?.close();
    rmSync(folder, { recursive: true });
  });

  async function submit(
    text: string,
    answers: {
      readonly gateway?: Readonly<Record<string, readonly Answer[]>>;
      readonly jobManager?: Readonly<Record<string, readonly Answer[]>>;
    },
    options: Partial<Parameters<typeof submitToCluster>[1]> = {},
  ) {
    gateway = await fakeFlink({ ...GATEWAY, ...answers.gateway });
    jobManager = await fakeFlink(answers.jobManager ?? {});
    const job = { kind: 'script', source: { name: 'job.sql', text }, folder, mode: null } as const;
    const fake = fakeSession({
      portability: [{ kind: 'portability', statement: '', mode: 'batch', findings: [], rewritten: null }],
    });
    const code = submitToCluster(
      job,
      { ...OPTIONS, address: gateway.url, jobManager: jobManager.url, ...options },
      fake.context,
    );
    return { fake, code: await code };
  }

  const job = (state: string) => ({
    state,
    vertices: [{ id: 'a', status: state, metrics: { 'write-records': 7, 'read-records': 0 } }],
    plan: { nodes: [{ id: 'a' }] },
  });
  const submitted = {
    [`GET ${pagePath(0)}`]: [{ resultType: 'EOS', jobID: 'abc', results: { columns: [], data: [] } }],
  };

  it('sends the statements as they are written and waits for the job', async () => {
    const { fake, code } = await submit(
      `SET 'millstream.x' = '1';\n${FUNCTION};\n${INSERT};`,
      {
        gateway: submitted,
        jobManager: { 'GET /jobs/abc': [job('RUNNING'), job('FINISHED')] },
      },
      { filesAt: folder },
    );
    expect(code).toBe(0);
    const statements = gateway.requests.filter((each) => each.startsWith('POST /v4/sessions/s/statements'));
    expect(statements.map((each) => JSON.parse(each.slice(each.indexOf('{'))).statement)).toEqual([
      FUNCTION,
      INSERT,
    ]);
    const opened = gateway.requests.find((each) => each.startsWith('POST /v4/sessions {'))!;
    const { properties } = JSON.parse(opened.slice(opened.indexOf('{')));
    expect(properties).toMatchObject({ 'execution.runtime-mode': 'batch', 'parallelism.default': '2' });
    expect(properties['python.files']).toMatch(new RegExp(`^${folder}/millstream-job-\\w+/job/python$`));
    expect(properties).not.toHaveProperty('millstream.memory');
    expect(fake.stderr()).toContain(`Job abc: ${jobManager.url}/#/job/running/abc`);
    expect(fake.stderr()).toContain('Job abc: FINISHED');
    expect(gateway.requests.at(-1)).toBe('DELETE /v4/sessions/s');
    expect(readdirSync(folder)).toEqual(['functions.py']);
  });

  it('refuses what only a JobManager would heed', async () => {
    await expect(submit(INSERT, {}, { given: ['--jar', '--python'] })).rejects.toMatchObject({
      code: 'JOB_OPTION',
      message: expect.stringMatching(/^--python is for a JobManager, and http:\S+ is a SQL gateway$/),
    });
    expect(gateway.requests).not.toContainEqual(expect.stringContaining('POST'));
  });

  it('tells what a job failed of', async () => {
    const failed = submit(INSERT, {
      gateway: submitted,
      jobManager: {
        'GET /jobs/abc': [job('FAILED')],
        'GET /jobs/abc/exceptions': [
          {
            exceptionHistory: {
              entries: [{ stacktrace: 'java.lang.RuntimeException: disk full\n\tat a.b(C)' }],
            },
          },
        ],
      },
    });
    await expect(failed).rejects.toMatchObject({
      code: 'FLINK_JOB_FAILED',
      message: 'The job failed on Flink: disk full',
    });
  });

  it('asks the gateway of the job where its JobManager cannot be reached', async () => {
    const columns = ['job id', 'status'].map((name) => ({
      name,
      logicalType: { type: 'VARCHAR', nullable: true, length: 9 },
    }));
    const described = {
      resultType: 'EOS',
      results: { columns, data: [{ kind: 'INSERT', fields: ['abc', 'FINISHED'] }] },
    };
    const { fake, code } = await submit(
      INSERT,
      { gateway: { [`GET ${pagePath(0)}`]: [submitted[`GET ${pagePath(0)}`]![0]!, described] } },
      { jobManager: 'http://127.0.0.1:1' },
    );
    expect(code).toBe(0);
    expect(fake.stderr()).toContain('Job abc: FINISHED');
  });

  it('prints the ids of jobs alone with --detach', async () => {
    const { fake, code } = await submit(INSERT, { gateway: submitted }, { waits: false });
    expect(code).toBe(0);
    expect(fake.stdout()).toBe('abc\n');
    expect(jobManager.requests).toEqual([]);
  });

  it('prints rows of a SELECT', async () => {
    const columns = [{ name: 'a', logicalType: { type: 'INTEGER', nullable: false } }];
    const rows = {
      resultType: 'EOS',
      jobID: 'abc',
      isQueryResult: true,
      results: { columns, data: [{ kind: 'INSERT', fields: [1] }] },
    };
    const { fake } = await submit('SELECT 1 AS a', { gateway: { [`GET ${pagePath(0)}`]: [rows] } });
    expect(fake.stdout()).toBe('{"op":"+I","row":[1]}\n');
  });

  it('cancels the job of a SELECT whose gateway is gone in the middle', async () => {
    const results = { columns: [{ name: 'a', logicalType: { type: 'INTEGER', nullable: true } }], data: [] };
    const begun = { resultType: 'PAYLOAD', jobID: 'abc', nextResultUri: pagePath(1), results };
    await expect(
      submit('SELECT 1 AS a', {
        gateway: { [`GET ${pagePath(0)}`]: [begun], [`GET ${pagePath(1)}`]: ['Bad Gateway'] },
        jobManager: { 'PATCH /jobs/abc?mode=cancel': [{}] },
      }),
    ).rejects.toMatchObject({
      code: 'FLINK_UNREACHABLE',
      message: expect.stringMatching(/, in the middle of a result\. Its job abc was cancelled\.$/),
    });
    expect(jobManager.requests).toContain('PATCH /jobs/abc?mode=cancel');
  });

  it('says of a JobManager what a job needs there', async () => {
    const answers = {
      'GET /info': [{ status: 404, errors: ['Unable to load requested file /info.'] }],
      'GET /config': [{ 'flink-version': '2.3.0' }],
    };
    await expect(submit('SELECT 1', { gateway: answers })).rejects.toMatchObject({
      code: 'FLINK_UNREACHABLE',
      message: expect.stringContaining('is a JobManager'),
      hint: expect.stringContaining('--python'),
    });
  });

  it.each([
    ['SELECT 1', { waits: false }, 'FLINK_DETACH'],
    ['SELECT 1', { version: '1.20' }, 'FLINK_VERSION'],
    ['RESET', {}, 'EXPORT_RESET'],
  ] as const)('refuses %s with %j before anything is sent', async (sql, options, code) => {
    await expect(submit(sql, {}, options)).rejects.toMatchObject({ code });
    expect(gateway.requests.filter((each) => each.startsWith('POST'))).toEqual([]);
  });
});
