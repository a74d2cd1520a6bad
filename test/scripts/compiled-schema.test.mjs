import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compiledSchema } from '../../scripts/support/compiled-schema.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const schema = JSON.parse(readFileSync(join(ROOT, 'bridge/protocol/messages.schema.json'), 'utf8'));

const folder = mkdtempSync(join(tmpdir(), 'millstream-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the schema of messages, compiled for the bundle', () => {
  let validator;
  beforeAll(async () => {
    const outfile = join(folder, 'checks.mjs');
    const banner = {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    };
    await build({
      stdin: {
        contents: "export { validator } from './dist/bridge/protocol/compiled-schema.js';",
        resolveDir: ROOT,
      },
      bundle: true,
      format: 'esm',
      platform: 'node',
      banner,
      outfile,
      plugins: [compiledSchema(ROOT)],
    });
    ({ validator } = await import(pathToFileURL(outfile).href));
  });

  it('has a check for every definition, and none for another name', () => {
    for (const name of Object.keys(schema.$defs)) expect(validator(name)).toBeTypeOf('function');
    expect(validator('Nonsense')).toBeUndefined();
    expect(validator('toString')).toBeUndefined();
  });

  it('takes a message that follows the protocol and says what is wrong with another', () => {
    const check = validator('Credit');
    const credit = { type: 'credit', stage: 's', epoch: 1, input: 0, bytes: 10 };

    expect(check(credit)).toBe(true);
    expect(check({ ...credit, bytes: '10' })).toBe(false);
    expect(check.errors[0].instancePath).toBe('/bytes');
  });
});
