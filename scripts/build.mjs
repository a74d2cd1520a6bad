#!/usr/bin/env node
/** `npm run build`: `tsc -b`, then the bundle of the command. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuild } from './support/build.mjs';
import { runMain } from './support/console.mjs';

await runMain(async () => {
  await ensureBuild(dirname(dirname(fileURLToPath(import.meta.url))));
  return 0;
});
