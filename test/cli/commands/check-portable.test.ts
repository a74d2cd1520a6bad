import { describe, expect, it } from 'vitest';
import { checkPortable, type PortableOptions } from '../../../cli/commands/check-portable.js';
import type { ScriptJob } from '../../../cli/job/job.js';
import { SqlError } from '../../../core/index.js';
import type { PlacedFinding } from '../../../operators/index.js';
import { fakeSession } from '../support/fake-session.js';

const job: ScriptJob = {
  kind: 'script',
  source: { name: 'job.sql', text: 'SELECT f(a)\nFROM t' },
  folder: null,
  mode: null,
};

const options: PortableOptions = {
  mode: null,
  configuration: {},
  quiet: true,
  version: '2.3',
  format: 'text',
};

const refused: PlacedFinding = {
  rule: 'iterator',
  effect: 'refused',
  message: 'Not there: f.',
  hint: 'Do otherwise.',
  line: 1,
  column: 8,
  length: 4,
};

const dropped: PlacedFinding = { ...refused, rule: 'setting', effect: 'dropped' };

const finding = (...findings: PlacedFinding[]) =>
  fakeSession({
    portability: [{ kind: 'portability', statement: '', mode: 'batch', findings, rewritten: null }],
  });

describe('check --portable', () => {
  it('shows each finding with its line, what to do and its rule, and exits with 2', async () => {
    const fake = finding(refused, dropped);
    expect(await checkPortable(job, options, fake.context)).toBe(2);
    expect(fake.stderr()).toContain(
      'Error NOT_PORTABLE in job.sql, line 1, column 8: Not there: f.\n  1 | SELECT f(a)\n    |        ^^^^\nDo otherwise. [iterator]',
    );
    expect(fake.stderr()).toContain('Note PORTABLE_DROPPED in job.sql');
    expect(fake.stdout()).toBe('not portable to Flink 2.3: 1 finding; 1 option dropped\n');
  });

  it('is content with what is only dropped', async () => {
    const fake = finding(dropped);
    expect(await checkPortable(job, options, fake.context)).toBe(0);
    expect(fake.stdout()).toBe('portable: Flink 2.3 runs this job; 1 option dropped\n');
  });

  it('writes an object a finding as JSON, errors of the job too', async () => {
    const error = new SqlError('SQL_TYPE', 'No.', { details: { line: 2, column: 1, length: 1 }, hint: null });
    const fake = fakeSession({ portability: [{ kind: 'wrong', error }] });
    expect(await checkPortable(job, { ...options, format: 'json' }, fake.context)).toBe(2);
    expect(JSON.parse(fake.stdout())).toEqual({
      rule: 'SQL_TYPE',
      effect: 'wrong',
      message: 'No.',
      hint: null,
      line: 2,
      column: 1,
      length: 1,
    });
  });
});
