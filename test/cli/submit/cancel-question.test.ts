import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { askToCancel } from '../../../cli/submit/cancel-question.js';

describe('Ctrl-C while a job runs on a cluster', () => {
  async function ask(answer: string | null) {
    const input = Object.assign(new PassThrough(), { isTTY: answer !== null });
    const output = new PassThrough();
    let cancelled = 0;
    const job = { jobId: 'abc', link: 'http://jobs/abc', cancel: async () => void cancelled++ };
    if (answer !== null) input.write(`${answer}\n`);
    const said = await askToCancel(
      job,
      input as unknown as NodeJS.ReadStream,
      output as unknown as NodeJS.WriteStream,
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

  it('asks nobody where there is no terminal', async () => {
    const { said, cancelled, asked } = await ask(null);
    expect(asked).toBe('');
    expect(said).toBe('The job abc goes on: http://jobs/abc');
    expect(cancelled).toBe(0);
  });
});
