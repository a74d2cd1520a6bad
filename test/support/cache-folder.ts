/** Before all tests: a cache folder of their own, removed after them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'millstream-test-cache-'));
  process.env.MILLSTREAM_CACHE_DIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
