import { expect, it } from 'vitest';
import { versionMismatch } from '../../bridge/harness-versions.js';

it('all versions that are too old are named at once', () => {
  const error = versionMismatch('/py', { python: '3.9.18', pyarrow: '12.0.1', pyzmq: '25.1.0' });

  expect(error).toMatchObject({ code: 'VERSION_MISMATCH' });
  expect(error!.message).toMatch(/python is 3\.9\.18.*\n.*pyarrow is 12\.0\.1/);
  expect(error!.message).not.toContain('pyzmq');
});

it('newer versions, and those that are not told, are taken', () => {
  expect(versionMismatch('/py', { python: '3.14.0', pyarrow: '14.0.0' })).toBeNull();
});
