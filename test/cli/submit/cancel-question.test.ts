import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { askToCancel } from '../../../cli/submit/cancel-question.js';
import { Leaving } from '../../../cli/submit/leaving.js';
import { RestFailure } from '../../../operators/index.js';

describe('Ctrl-C while a job runs on a cluster', () => {
  async function ask(answer: string | null, { end = false, cancel = async (_before: number) => {} } = {}) {
    const input = Object.assign(new PassThrough(), { isTTY: answer !== null });
    const output = new PassThrough();
    let cancelled = 0;
    const job = { jobId: 'abc', link: 'http://jobs/abc', cancel: () => cancel(cancelled++) };
    if (end) input.end();
    else if (answer !== null) input.write(`${answer}\n`);
    const said = await askToCancel(
      job,
      input as unknown as NodeJS.ReadStream,
      output as unknown as NodeJS.WriteStream,
      new AbortController().signal,
    );
    return { said, cancelled, asked: String(output.read() ?? '') };
  }

  it('cancels the job where the answer is yes', async () => {
    const { said, cancelled, asked } = await ask('y');
    expect(asked).toContain('Cancel the job abc on Flink too? [y/N]');
    expect(said).toBe('The job abc is being cancelled.');
    expect(cancelled).toBe(1);
  });

  it.each(['', 'n', 'what'])('leaves it running after "%s", and says where it is', async (answer) => {
    const { said, cancelled } = await ask(answer);
    expect(said).toBe('The job abc goes on: http://jobs/abc');
    expect(cancelled).toBe(0);
  });

  it('takes Ctrl-D for no', async () => {
    expect(await ask('', { end: true })).toMatchObject({
      said: 'The job abc goes on: http://jobs/abc',
      cancelled: 0,
    });
  });

  it('says where the job is that could not be cancelled', async () => {
    const { said } = await ask('y', {
      cancel: () => Promise.reject(new RestFailure(500, 'no leader\nat x')),
    });
    expect(said).toBe('The job abc could not be cancelled: HTTP 500 no leader; it goes on: http://jobs/abc');
  });

  it('closes the question when the job has ended meanwhile', async () => {
    const lines: string[] = [];
    const reporter = { paused: false, line: (text: string) => void lines.push(text) };
    const input = Object.assign(new PassThrough(), { isTTY: true }) as unknown as NodeJS.ReadStream;
    const stderr = new PassThrough() as unknown as NodeJS.WriteStream;
    const leaving = new Leaving(reporter, { stderr }, input);
    expect(leaving.ask()).toBeNull();
    await leaving.follow({ jobId: 'abc', link: 'http://jobs/abc', cancel: async () => {} });
    const asked = leaving.ask()!;
    const left = expect(asked).rejects.toThrow('left');
    await leaving.follow(null);
    expect(lines).toEqual(['\nThe job abc has ended meanwhile.']);
    await left;
  });

  it('asks nobody where there is no terminal', async () => {
    const { said, cancelled, asked } = await ask(null);
    expect(asked).toBe('');
    expect(said).toBe('The job abc goes on: http://jobs/abc');
    expect(cancelled).toBe(0);
  });
});
