import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { EndpointFolder } from '../../bridge/endpoint-folder.js';

const base = mkdtempSync(join(tmpdir(), 'millstream-test-'));
afterEach(() => rmSync(base, { recursive: true, force: true }));

describe('the folder for sockets', () => {
  it('is named first, then made private, then removed', () => {
    const folder = EndpointFolder.choose([join(base, '..')]);
    expect(existsSync(folder.path)).toBe(false);

    folder.make();

    expect(statSync(folder.path).mode & 0o777).toBe(0o700);
    expect(folder.endpoint('w1.c')).toBe(`ipc://${folder.path}/w1.c`);

    folder.remove();
    expect(existsSync(folder.path)).toBe(false);
  });

  it('is made in the next place where the first is not usable', () => {
    const folder = EndpointFolder.choose([join(base, 'missing'), tmpdir()]);

    expect(folder.path.startsWith(join(tmpdir(), 'ms-'))).toBe(true);
    folder.remove();
  });

  it('is refused where no socket path would be short enough', () => {
    const long = join(base, 'x'.repeat(90));

    expect(() => EndpointFolder.choose([long])).toThrow(
      /is too long \(sockets would need \d+ of 100 bytes\)/,
    );
  });
});
