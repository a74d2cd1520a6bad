import { afterEach, describe, expect, it } from 'vitest';
import { awaitJob } from '../../../cli/submit/await-job.js';
import { JobManager, RestServer, SqlGateway } from '../../../operators/index.js';
import { type Answer, type FakeFlink, fakeFlink, GATEWAY } from '../../operators/flink-gateway/fake-flink.js';

const AWAY: Answer = { status: 503, errors: ['no leader'] };
const SUSPENDED: Answer = { state: 'SUSPENDED', vertices: [], plan: { nodes: [] } };
const FINISHED = { state: 'FINISHED', vertices: [], plan: { nodes: [] } };

describe('a job of a cluster whose servers do not answer', () => {
  let flink: FakeFlink;

  afterEach(() => flink.close());

  async function wait(jobs: readonly Answer[]): Promise<string[]> {
    flink = await fakeFlink({ ...GATEWAY, 'POST /v4/sessions/s/statements': [AWAY], 'GET /jobs/abc': jobs });
    const { signal } = new AbortController();
    const server = new RestServer(flink.url, signal);
    const session = await (await SqlGateway.connect(server)).openSession({});
    const notes: string[] = [];
    const reporter = { note: (text: string) => notes.push(text), hideProgress() {}, progress() {} };
    const jobManager = new JobManager(server);
    await awaitJob({
      jobId: 'abc',
      session,
      jobManager,
      reporter: reporter as never,
      signal,
      secondsBetween: 0,
    });
    return notes;
  }

  it('is asked about again', async () => {
    expect(await wait([AWAY, AWAY, FINISHED])).toEqual(['Job abc: FINISHED']);
  });

  it('is waited for while it is suspended, as another JobManager may take it over', async () => {
    expect(await wait([SUSPENDED, SUSPENDED, FINISHED])).toEqual(['Job abc: SUSPENDED', 'Job abc: FINISHED']);
  });

  it('that somebody cancels there fails, as this command was not interrupted', async () => {
    await expect(wait([{ ...FINISHED, state: 'CANCELED' }])).rejects.toMatchObject({
      code: 'FLINK_CANCELLED',
      message: 'Somebody has cancelled the job abc on Flink.',
    });
  });

  it('is told as suspended where it stays so, and not as cancelled', async () => {
    await expect(wait([SUSPENDED])).rejects.toMatchObject({
      code: 'FLINK_SUSPENDED',
      message: expect.stringMatching(/^The job abc is suspended: its JobManager has stopped/),
    });
  });

  it('is given up after several, with where it goes on', async () => {
    await expect(wait([AWAY])).rejects.toMatchObject({
      code: 'FLINK_UNREACHABLE',
      message: expect.stringMatching(
        /^Nobody tells how the job abc is: HTTP 503 no leader\. The job goes on: http:\S+\/#\/job\/running\/abc$/,
      ),
    });
  });
});
