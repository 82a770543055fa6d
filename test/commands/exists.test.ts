import { describe, expect, it } from 'vitest';
import { oddKeys } from '../support/odd-text.js';
import { kvInMemory, onTerminal } from '../support/run-command.js';

describe('exists', () => {
  it('is true and done for a key that is there, empty or not', async () => {
    const kv = kvInMemory();
    await kv('set k v');
    await kv(['set', 'empty', '']);
    expect(await kv('exists k')).toMatchObject({ outcome: 0, text: 'true\n' });
    expect(await kv('exists empty')).toMatchObject({ outcome: 0, text: 'true\n' });
  });

  it('is false and no for one that is not, which is no error', async () => {
    const { outcome, text, error } = await kvInMemory()('exists k');
    expect([outcome, text, error]).toEqual([1, 'false\n', undefined]);
  });

  it('says the same on a terminal', async () => {
    expect((await kvInMemory()('exists k', onTerminal)).text).toBe('false\n');
  });

  it('is silent with -q, and has its status', async () => {
    const kv = kvInMemory();
    await kv('set k v');
    expect(await kv('-q exists k')).toMatchObject({ outcome: 0, text: '' });
    expect(await kv('-q exists other')).toMatchObject({ outcome: 1, text: '' });
  });

  it('is one object with --json', async () => {
    const kv = kvInMemory();
    await kv('set k v');
    expect((await kv('exists k --json')).text).toBe('{"key":"k","exists":true}\n');
    expect((await kv('exists x --json')).text).toBe('{"key":"x","exists":false}\n');
  });

  it('knows every key apart', async () => {
    const kv = kvInMemory();
    for (const key of oddKeys) {
      expect((await kv(['exists', '--', key])).outcome).toBe(1);
      await kv(['set', '--', key, '']);
      expect((await kv(['exists', '--', key])).outcome).toBe(0);
    }
  });

  it('is an error for what is no key, and for a missing bucket', async () => {
    const kv = kvInMemory();
    expect((await kv(['exists', ''])).outcome).toBe(4);
    expect((await kv('exists k -b missing')).outcome).toBe(6);
    expect((await kv('exists')).outcome).toBe(2);
  });
});
