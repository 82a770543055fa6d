import { defineConfig } from 'vitest/config';
import { replacements } from './scripts/replacements.js';
import { buildLmdb } from './test/support/lmdb-as-built.js';

export default defineConfig({
  // What ships is what is tested.
  resolve: { alias: { ...replacements, lmdb: buildLmdb() } },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/build.ts',
    setupFiles: 'test/support/fixed-draws.ts',
    // Processes, not threads: tests change the umask, and LMDB is native.
    pool: 'forks',
    // vitest would leave one core idle, and many tests wait for a process or a terminal.
    maxWorkers: 2,
    // For a slow machine, or one that is busy with the other tests: nothing here is timed.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
