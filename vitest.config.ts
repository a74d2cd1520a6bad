import { defineConfig } from 'vitest/config';

/** Tests in test/long run only through `npm run test:long`, which sets MILLSTREAM_LONG. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,mjs}'],
    exclude: process.env.MILLSTREAM_LONG === '1' ? [] : ['test/long/**'],
    testTimeout: process.env.MILLSTREAM_LONG === '1' ? 600_000 : 30_000,
    hookTimeout: 30_000,
    // Long tests watch memory and processes: one at a time.
    fileParallelism: process.env.MILLSTREAM_LONG !== '1',
    pool: 'forks',
    globalSetup: ['test/support/cache-folder.ts'],
    setupFiles: ['test/support/runtime-folder.ts'],
  },
});
