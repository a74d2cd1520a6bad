import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { submitJob } from '../../../cli/commands/submit.js';
import { fakeSession } from '../support/fake-session.js';

const JOB = {
  kind: 'script',
  source: { name: '-e', text: 'SELECT 1' },
  folder: null,
  mode: null,
} as const;
const OPTIONS = { mode: null, configuration: {}, quiet: true, version: '2.3' } as const;

/** Has PyFlink, and runs a driver until it is interrupted. */
const FAKE_PYTHON = `#!/bin/sh
[ "$1" = -c ] && exit 0
exec sleep 600
`;

describe('submit', () => {
  let folder: string;
  let python: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'millstream-submit-test-'));
    python = join(folder, 'python');
    writeFileSync(python, FAKE_PYTHON, { mode: 0o755 });
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(['/nosuch/python', 'false'])(
    'says which Python has no PyFlink before anything is exported: %s',
    async (without) => {
      const fake = fakeSession({});
      await expect(submitJob(JOB, { ...OPTIONS, python: without }, fake.context)).rejects.toMatchObject({
        code: 'FLINK_MISSING',
        message: `The Python ${without} has no PyFlink.`,
      });
      expect(fake.options).toBeNull();
    },
  );

  it('says after Ctrl-C which job of a JobManager goes on', async () => {
    const id = '0123456789abcdef'.repeat(2);
    mkdirSync(join(folder, 'bin'));
    const run = `#!/bin/sh\necho 'Job has been submitted with JobID ${id}'\nexec sleep 600\n`;
    writeFileSync(join(folder, 'bin/flink'), run, { mode: 0o755 });
    writeFileSync(join(folder, 'located'), `#!/bin/sh\necho ${folder}\n`, { mode: 0o755 });
    const fake = fakeSession({});
    const interrupt = new AbortController();
    const stdout = Object.assign(Object.create(fake.context.stdout), {
      write: async () => interrupt.abort(),
    });
    const context = { ...fake.context, signal: interrupt.signal, stdout };
    const jobManager = { url: 'http://jobs:8081', pythonOfWorkers: null };
    await expect(
      submitJob(JOB, { ...OPTIONS, python: join(folder, 'located'), jobManager }, context),
    ).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(fake.stderr()).toContain(`The job ${id} goes on: http://jobs:8081/#/job/running/${id}`);
  });

  it('ends the cluster also where Ctrl-C came before it was started', async () => {
    const fake = fakeSession({});
    const interrupt = new AbortController();
    const context = {
      ...fake.context,
      signal: interrupt.signal,
      openSession: async (options: Parameters<typeof fake.context.openSession>[0]) => {
        interrupt.abort();
        return fake.context.openSession(options);
      },
    };
    await expect(submitJob(JOB, { ...OPTIONS, python }, context)).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });
});
