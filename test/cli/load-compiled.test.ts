import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const LOADER = fileURLToPath(new URL('../../dist/cli/load-compiled.js', import.meta.url));
const SCRIPT = `(function (exports, require, filename) {
  exports.read = () => require('node:path').basename(filename);
})`;

describe('a script that is loaded with its code', () => {
  let folder: string;
  const script = () => join(folder, 'script.cjs');
  const codes = () => readdirSync(folder).filter((name) => name.endsWith('.cache'));
  const run = (keeps: boolean) =>
    execFileSync(process.execPath, ['--input-type=module'], {
      input: `import { loadCompiled } from ${JSON.stringify(LOADER)};
        const { read } = loadCompiled(${JSON.stringify(script())}, ${keeps});
        console.log(read());`,
      encoding: 'utf8',
    }).trim();

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'load-compiled-'));
    writeFileSync(script(), SCRIPT);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('leaves its code beside it when it is told to, and nothing else', () => {
    expect(run(false)).toBe('script.cjs');
    expect(codes()).toEqual([]);
    expect(run(true)).toBe('script.cjs');
    expect(readdirSync(folder).sort()).toEqual(['script.cjs', `script.cjs.${process.versions.v8}.cache`]);
  });

  it('runs the same from its code', () => {
    run(true);
    expect(run(true)).toBe('script.cjs');
  });

  it('is compiled, and its code written anew, where V8 refuses what there is', () => {
    run(true);
    writeFileSync(join(folder, codes()[0]!), 'broken');
    expect(run(true)).toBe('script.cjs');
    expect(run(false)).toBe('script.cjs');
  });
});
