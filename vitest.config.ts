import { defineConfig } from 'vitest/config';
import { replacements } from './scripts/replacements.js';
import { buildLmdb } from './test/support/lmdb-as-built.js';

/**
 * Tests that share a process, one file after the other: what they import is loaded once, and not for each file.
 * They leave the process as it was. The others have one for each file, also those that look at its memory.
 */
const folders = 'answers,batches,commands,conformance,formats,io,keyvalue,line,start,wit';
const shared = [`test/{${folders}}/**/!(memory).test.ts`];
const all = ['test/**/*.test.ts'];

const every = {
  // What ships is what is tested.
  resolve: { alias: { ...replacements, lmdb: buildLmdb() } },
};

const inEach = {
  setupFiles: 'test/support/fixed-draws.ts',
  // For a slow machine, or one that is busy with the other tests: nothing here is timed.
  testTimeout: 300_000,
  hookTimeout: 300_000,
};

export default defineConfig({
  test: {
    globalSetup: 'test/support/build.ts',
    // Processes, not threads: tests change the umask, and LMDB is native.
    pool: 'forks',
    // vitest would leave one core idle, and many tests wait for a process or a terminal.
    maxWorkers: 2,
    // They run in the order of their names, the long ones first.
    projects: [
      { ...every, test: { ...inEach, name: 'alone', include: all, exclude: shared } },
      { ...every, test: { ...inEach, name: 'shared', include: shared, isolate: false } },
    ],
  },
});
