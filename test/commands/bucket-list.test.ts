import { describe, expect, it } from 'vitest';
import { controls } from '../support/odd-text.js';
import { type Kv, kvInMemory, kvOnDisk, onTerminal } from '../support/run-command.js';

async function kvWith(...buckets: string[]): Promise<Kv> {
  const kv = kvInMemory();
  for (const name of buckets) await kv(['bucket', 'create', name]);
  return kv;
}

describe('bucket list', () => {
  it('is one name a line in a pipe, in the order of the bytes', async () => {
    const kv = await kvWith('b', 'a', '\u{10000}', '\uffff');
    expect((await kv('bucket list')).text).toBe('a\nb\n\uffff\n\u{10000}\n');
  });

  it('is nothing where there is none, on a terminal too', async () => {
    expect(await kvInMemory()('bucket list')).toMatchObject({ outcome: 0, text: '' });
    expect(await kvInMemory()('bucket list', onTerminal)).toMatchObject({ outcome: 0, text: '' });
    expect(await kvInMemory()('bucket list --json')).toMatchObject({ outcome: 0, text: '' });
  });

  it('is a table on a terminal', async () => {
    const kv = await kvWith('empty', 'full');
    await kv(['set-many', '-b', 'full', 'a=1', `b=${'v'.repeat(2045)}`]);
    expect((await kv('bucket list', onTerminal)).text).toBe(
      [
        'BUCKET  KEYS    INDEX  CREATED',
        'empty      0      0 B  just now',
        'full       2  2.0 KiB  just now',
        '',
      ].join('\n'),
    );
  });

  it('fits the terminal, whatever the names', async () => {
    const kv = await kvWith('n'.repeat(256), '語'.repeat(80), 'short');
    for (const columns of [40, 60, 200]) {
      const { text } = await kv('bucket list', { ...onTerminal, columns });
      for (const line of text.split('\n')) expect([...line].length).toBeLessThanOrEqual(columns);
      expect(text.split('\n')).toHaveLength(5);
      expect(text).toContain('short');
    }
  });

  it('lets no control character reach a terminal', async () => {
    const kv = await kvWith('a\u202eb\u2028c');
    for (const words of ['bucket list', 'bucket list --json']) {
      const { text } = await kv(words, onTerminal);
      expect(text.replaceAll('\n', '')).not.toMatch(controls);
    }
  });

  it('is one object a line with --json', async () => {
    const kv = await kvOnDisk();
    const before = Date.now();
    await kv('bucket create a');
    await kv('set-many k=1 l=2');
    const lines = (await kv('bucket list --json')).text.trimEnd().split('\n');
    const [a, byDefault] = lines.map((line) => JSON.parse(line));
    expect(a).toMatchObject({ bucket: 'a', keys: 0, indexBytes: 0 });
    expect(byDefault).toMatchObject({ bucket: 'default', keys: 2, indexBytes: expect.any(Number) });
    expect(byDefault.indexBytes).toBeGreaterThan(0);
    expect(Date.parse(a.created)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(a.created)).toBeLessThanOrEqual(Date.now());
  });

  it('is also called bucket ls; takes no name', async () => {
    const kv = await kvWith('a');
    expect((await kv('bucket ls')).text).toBe('a\n');
    expect((await kv('bucket list a')).outcome).toBe(2);
  });
});
