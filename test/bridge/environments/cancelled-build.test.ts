import { existsSync, readdirSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { choosePython, Environments } from '../../../bridge/index.js';

/** A uv that makes the folder of a virtual environment, and then never ends. */
const UV = `#!/bin/sh
for last; do :; done
case "$1" in
  --version) echo "uv 0.9.0" ;;
  pip) echo "tinypack==1.0" ;;
  venv) mkdir -p "$last"; echo "Building $last" >&2; exec sleep 600 ;;
esac
`;

it('a build that is interrupted leaves nothing in the cache folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'millstream-cancelled-'));
  await writeFile(join(folder, 'uv'), UV);
  await chmod(join(folder, 'uv'), 0o755);
  process.env.MILLSTREAM_UV = join(folder, 'uv');
  const stop = new AbortController();
  const seen: string[] = [];
  const environments = new Environments({
    cache: join(folder, 'cache'),
    python: choosePython({ configured: null }),
    signal: stop.signal,
    onProgress: (text) => {
      seen.push(text);
      // Its folder is there now.
      if (text.startsWith('Building /')) stop.abort(new Error('stopped'));
    },
  });
  const request = {
    subject: 'f',
    requirements: ['tinypack'],
    files: [],
    wheels: null,
    pythons: [],
    lock: null,
  };
  try {
    await expect(environments.ensure(request)).rejects.toThrow('stopped');

    expect(seen.some((text) => text.startsWith('Building /'))).toBe(true);
    const left = join(folder, 'cache/environments');
    expect(existsSync(left) ? readdirSync(left).filter((name) => !name.endsWith('.lock')) : []).toEqual([]);
  } finally {
    delete process.env.MILLSTREAM_UV;
    await rm(folder, { recursive: true, force: true });
  }
});
