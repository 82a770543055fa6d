/** A file system that lacks what LMDB opens a store with: one line and 6, and nothing is left behind. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.js';
import { buildShim, canPreload } from './disk-shim.js';
import { runKv } from './kv-process.js';

/** Of FUSE, as statfs(2) has it, in hexadecimal. */
const FUSE = '65735546';

/** EINVAL, ENOLCK. */
const errors = [22, 37];

const faults = ['lock', 'map-lock', 'map-data'].flatMap((call) =>
  errors.map((error) => `${call}:${error}`),
);

const refused = (store: string) =>
  `kv: cannot open store "${store}": the file system, or the system, lacks the shared maps or the locks that LMDB needs\n` +
  'keep the store on a local disk: --store PATH, or KV_STORE\n';

describe.skipIf(!canPreload())(
  'on a file system that is not known to have all that LMDB needs',
  () => {
    const onFuse = (env: Record<string, string>) => ({
      env: { LD_PRELOAD: buildShim('opening'), KV_OPENING_TYPE: FUSE, ...env },
    });

    it.each(faults)('%s fails: a store is neither opened nor made', async (fault) => {
      const folder = temporaryFolder();
      await runKv(folder, ['-s', 'store', 'set', 'a', '1']);
      const env = onFuse({ KV_OPENING_FAULT: fault });
      for (const words of [
        ['get', 'a'],
        ['set', 'a', '2'],
        ['store', 'backup', '-'],
      ]) {
        expect(await runKv(folder, ['-s', 'store', ...words], env)).toMatchObject({
          signal: null,
          status: 6,
          stdout: '',
          stderr: refused('store'),
        });
      }
      expect(await runKv(folder, ['-s', 'new', 'set', 'a', '1'], env)).toMatchObject({
        signal: null,
        status: 6,
        stderr: refused('new'),
      });
      expect(existsSync(join(folder, 'new')) ? readdirSync(join(folder, 'new')) : []).toEqual([]);
      expect((await runKv(folder, ['-s', 'store', 'get', 'a'])).stdout).toBe('1');
    });

    it('a store is tried once, for all that follow', async () => {
      const folder = temporaryFolder();
      const starts = join(folder, 'starts');
      const env = onFuse({ KV_OPENING_STARTS: starts });
      for (const words of [
        ['set', 'a', '1'],
        ['get', 'a'],
        ['--read-only', 'get', 'a'],
      ]) {
        expect(await runKv(folder, ['-s', 'store', ...words], env)).toMatchObject({
          status: 0,
          stderr: '',
        });
      }
      // The shell becomes the Node that tries.
      expect(readFileSync(starts, 'utf8')).toBe('node\nsh\nnode\nnode\nnode\n');
    });
  },
);
