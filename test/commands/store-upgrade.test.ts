import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFormat1Store } from '../store/format-1-store.js';
import { kvInMemory } from '../support/run-command.js';
import { temporaryFolder } from '../support/temporary-folder.js';

describe('store upgrade', () => {
  it('carries a store of format 1 over, and does nothing to one of today', async () => {
    const path = join(temporaryFolder(), 'store');
    await makeFormat1Store(path, 5);
    const kv = kvInMemory();
    const { outcome, text } = await kv(['-s', path, 'store', 'upgrade']);
    expect(outcome).toBe(0);
    expect(text).toBe(
      'upgraded from format 1 to 2: 16 keys in 3 buckets; the old file is "data.mdb.format-1"\n',
    );
    const again = await kv(['-s', path, 'store', 'upgrade', '--json']);
    expect(JSON.parse(again.text)).toEqual({ format: 2 });
  });

  it('is refused with --read-only, and where there is no store', async () => {
    const path = join(temporaryFolder(), 'store');
    await makeFormat1Store(path, 5);
    const kv = kvInMemory();
    const refused = await kv(['--read-only', '-s', path, 'store', 'upgrade']);
    expect(refused.outcome).toBe(6);
    const nowhere = await kv(['-s', join(path, 'none'), 'store', 'upgrade']);
    expect(nowhere.outcome).toBe(6);
  });
});
