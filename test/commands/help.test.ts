import { describe, expect, it } from 'vitest';
import { kvInMemory } from '../support/run-command.js';

// What help says: test/cli/help.snapshot.test.ts.
describe('help', () => {
  it('is about the whole tool, or one verb, group or member of a group', async () => {
    const kv = kvInMemory();
    expect((await kv('help')).text).toMatch(/^kv 0\.0\.0: /);
    expect((await kv('help get')).text).toMatch(/^Usage: kv get KEY/);
    expect((await kv('help bucket')).text).toMatch(/^Usage: kv bucket VERB/);
    expect((await kv('help bucket list')).text).toMatch(/^Usage: kv bucket list\n/);
  });

  it('knows a verb by its other names', async () => {
    const kv = kvInMemory();
    expect((await kv('help rm')).text).toBe((await kv('help delete')).text);
    expect((await kv('help bucket ls')).text).toBe((await kv('help bucket list')).text);
  });

  it('goes to stdout, and is done', async () => {
    expect(await kvInMemory()('help help')).toMatchObject({ outcome: 0, stderr: '' });
  });

  it('is a usage error for what is no verb', async () => {
    const { outcome, error, text } = await kvInMemory()('help gte');
    expect([outcome, text]).toEqual([2, '']);
    expect(error?.message).toBe('unknown verb "gte": did you mean "get"?');
  });
});
