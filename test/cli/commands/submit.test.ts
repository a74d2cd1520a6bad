import { describe, expect, it } from 'vitest';
import { submitJob } from '../../../cli/commands/submit.js';
import { fakeSession } from '../support/fake-session.js';

describe('submit', () => {
  it('says which Python has no PyFlink before anything is exported', async () => {
    const fake = fakeSession({});
    const job = {
      kind: 'script',
      source: { name: '-e', text: 'SELECT 1' },
      folder: null,
      mode: null,
    } as const;
    const options = {
      mode: null,
      configuration: {},
      quiet: true,
      version: '2.3',
      python: '/nosuch/python',
    } as const;
    await expect(submitJob(job, options, fake.context)).rejects.toMatchObject({
      code: 'FLINK_MISSING',
      message: 'The Python /nosuch/python has no PyFlink.',
    });
    expect(fake.options).toBeNull();
  });
});
