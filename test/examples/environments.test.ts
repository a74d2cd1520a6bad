import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Session } from '../../operators/index.js';
import { makeWheel } from '../support/tiny-wheels.js';

const EXAMPLE = resolve('examples/environments');
/** What the example uses of the package, in its two versions. */
const PACKAGING = {
  '21.3':
    'class Version: pass\nclass LegacyVersion: pass\ndef parse(t):\n    return Version() if t[0].isdigit() else LegacyVersion()\n',
  '24.0':
    'class Version: pass\nclass InvalidVersion(ValueError): pass\ndef parse(t):\n    if t[0].isdigit(): return Version()\n    raise InvalidVersion(t)\n',
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millstream-environments-example-'));
  for (const [version, source] of Object.entries(PACKAGING)) {
    const text = `import sys\nsys.modules["packaging.version"] = sys.modules[__name__]\n${source}`;
    makeWheel(join(folder, 'wheels'), 'packaging', version, text);
  }
  await writeFile(join(folder, 'requirements.txt'), '');
  process.env.MILLSTREAM_CACHE_DIR = join(folder, 'cache');
});
afterAll(async () => {
  delete process.env.MILLSTREAM_CACHE_DIR;
  await rm(folder, { recursive: true, force: true });
});

it('the example of environments gives the rows of its page, from wheels alone', async () => {
  const session = await Session.open({
    configuration: { 'python.requirements': 'requirements.txt#wheels', 'parallelism.default': '2' },
    workingDirectory: folder,
    jobFolder: EXAMPLE,
    onLog: () => {},
    onProgress: () => {},
    onNote: () => {},
    print: async () => {},
    signal: new AbortController().signal,
    python: null,
    mode: null,
  });
  const found: string[] = [];
  try {
    for await (const result of session.execute(readFileSync(join(EXAMPLE, 'job.sql'), 'utf8'))) {
      if (result.kind !== 'rows') continue;
      for await (const batch of result.batches()) {
        for (let row = 0; row < batch.rows; row++) {
          found.push(result.columns.map((_, column) => JSON.parse(batch.jsonText(row, column))).join(' | '));
        }
      }
    }
  } finally {
    await session.close();
  }

  expect(found).toEqual(['1.4.2 | Version | Version', 'next week | LegacyVersion | InvalidVersion']);
}, 120_000);
