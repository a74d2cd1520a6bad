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

  let pauses: number[];

  async function wait(jobs: readonly Answer[], secondsBetween = 0.5): Promise<string[]> {
    flink = await fakeFlink({ ...GATEWAY, 'POST /v4/sessions/s/statements': [AWAY], 'GET /jobs/abc': jobs });
    const { signal } = new AbortController();
    const server = new RestServer(flink.url, signal);
    const session = await (await SqlGateway.connect(server)).openSession({});
    const notes: string[] = [];
    pauses = [];
    const reporter = { note: (text: string) => notes.push(text), hideProgress() {}, progress() {} };
    const jobManager = new JobManager(server);
    await awaitJob({
      jobId: 'abc',
      session,
      jobManager,
      reporter: reporter as never,
      signal,
      secondsBetween,
      pause: async (ms) => void pauses.push(ms),
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

  it.each([
    [0.5, 240],
    [30, 4],
  ])('is told as suspended after two minutes, with %d s between two questions', async (seconds, count) => {
    await expect(wait([SUSPENDED], seconds)).rejects.toMatchObject({
      code: 'FLINK_SUSPENDED',
      message: 'The job abc has been suspended for 120 s: its JobManager has stopped.',
      hint: expect.stringMatching(
        /^See on its page whether it goes on: http:\S+\/#\/job\/running\/abc\. .* submit it again only where it does not\.$/,
      ),
    });
    expect(pauses).toEqual(Array(count).fill(seconds * 1000));
  });

  it('is waited for while nobody answers between the JobManager that stopped and the next one', async () => {
    const takenOver = [SUSPENDED, ...Array<Answer>(30).fill(AWAY), FINISHED];
    expect(await wait(takenOver)).toEqual(['Job abc: SUSPENDED', 'Job abc: FINISHED']);
    await expect(wait([SUSPENDED, AWAY])).rejects.toMatchObject({ code: 'FLINK_SUSPENDED' });
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
