/** In each test file: a folder of running jobs of its own, so that tests do not wait for each other's memory. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'millstream-test-run-'));
process.env.MILLSTREAM_RUNTIME_DIR = folder;
afterAll(() => rmSync(folder, { recursive: true, force: true }));
