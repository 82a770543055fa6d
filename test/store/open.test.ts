import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openStore } from '../../src/store/open.js';
import { temporaryFolder } from '../support/temporary-folder.js';

describe('the name of a store', () => {
  test.each(['memcached://host:6379', 'mongodb://u:secret@host/0', 's3://a,b', 'FILE:///x'])(
    'that is an address, %s, is refused by its scheme, without what else it says',
    async (name) => {
      const scheme = name.split(':')[0]!.toLowerCase();
      const error: Error = await openStore(name, 'write').then(
        () => Promise.reject(new Error('it was opened')),
        (thrown) => thrown,
      );
      expect(error).toMatchObject({ code: 'not-supported', exitCode: 2 });
      expect(error.message).toContain(`"${scheme}://…"`);
      expect(error.message).not.toMatch(/host|secret/);
    },
  );

  test.each(['redis:', 'a:b', './redis:x', 'store'])('%s is a path', async (name) => {
    const folder = temporaryFolder();
    const store = await openStore(join(folder, name), 'write');
    await store?.close();
    expect(existsSync(join(folder, name, 'data.mdb'))).toBe(true);
  });
});
