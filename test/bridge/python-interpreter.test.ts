import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findPython } from '../../bridge/index.js';
import { python } from './support/bridge-options.js';

const folder = mkdtempSync(join(tmpdir(), 'millstream-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** An executable that stands for a Python. */
function script(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('the interpreter', () => {
  it('is the configured one before that of the environment', async () => {
    const old = script('other', 'echo 3.13.1');
    const found = await findPython({ configured: old, environment: { MILLSTREAM_PYTHON: python } });

    expect(found).toEqual({ executable: old, origin: 'python.executable', version: '3.13.1' });
  });

  it('is that of MILLSTREAM_PYTHON where none is configured', async () => {
    const found = await findPython({ configured: null, environment: { MILLSTREAM_PYTHON: python } });

    expect(found).toMatchObject({ executable: python, origin: 'MILLSTREAM_PYTHON' });
    expect(found.version).toMatch(/^3\.\d+\.\d+$/);
  });

  it('is refused when it is older than 3.10', async () => {
    const old = script('old', 'echo 3.9.18');

    await expect(findPython({ configured: old })).rejects.toMatchObject({
      name: 'EnvironmentError',
      code: 'PYTHON_VERSION',
      hint: expect.stringContaining('3.10 or newer'),
    });
  });

  it('is an error when there is none at the place that is named', async () => {
    await expect(findPython({ configured: join(folder, 'missing') })).rejects.toMatchObject({
      code: 'PYTHON_NOT_FOUND',
      hint: expect.stringContaining('MILLSTREAM_PYTHON'),
    });
  });

  it('is an error, with its own words, when it does not run', async () => {
    const broken = script('broken', 'echo "no such version" >&2; exit 127');

    await expect(findPython({ configured: broken })).rejects.toMatchObject({
      code: 'PYTHON_NOT_FOUND',
      message: expect.stringMatching(/exit code 127: no such version/),
      hint: expect.stringContaining('python.executable'),
    });
  });
});
