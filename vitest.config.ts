import { defineConfig } from 'vitest/config';
import { replacements } from './scripts/replacements.js';

export default defineConfig({
  resolve: { alias: replacements },
  test: {
    // What ships is what is tested: lmdb itself has to see the replacements.
    server: { deps: { inline: ['lmdb'] } },
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/build.ts',
    // Processes, not threads: tests change the umask, and LMDB is native.
    pool: 'forks',
    // For a slow machine, or one that is busy with the other tests: nothing here is timed.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
