import { cpSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { controls, hostile } from '../support/odd-text.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { type Kv, kvInMemory, kvOnDisk, onTerminal } from '../support/run-command.js';
import { Shell } from '../support/shell.js';

async function fill(kv: Kv, bucket: string, records: Readonly<Record<string, string>>) {
  await kv(['bucket', 'create', bucket]);
  for (const [key, value] of Object.entries(records))
    await kv(['-b', bucket, 'set', '--', key, value]);
}

describe('diff', () => {
  it('tells what is added, removed and changed, with sizes', async () => {
    const kv = await kvOnDisk();
    await fill(kv, 'a', { both: 'same', changed: 'old', gone: 'x' });
    await fill(kv, 'b', { both: 'same', changed: 'older', new: '' });
    const { outcome, text, stderr } = await kv('diff a b');
    expect([outcome, stderr]).toEqual([1, '']);
    expect(text).toBe('~\tchanged\t3\t5\n-\tgone\t1\n+\tnew\t0\n');
    expect((await kv('diff b a --json')).text).toBe(
      '{"change":"changed","key":"changed","size":5,"otherSize":3}\n' +
        '{"change":"added","key":"gone","otherSize":1}\n{"change":"removed","key":"new","size":0}\n',
    );
    expect((await kv('diff a b', onTerminal)).text).toBe(
      '~ changed  (3 B -> 5 B)\n- gone  (1 B)\n+ new  (0 B)\n',
    );
    expect(await kv('diff a a')).toMatchObject({ outcome: 0, text: '' });
  });

  it('finds one byte of a value of any size, wherever it lies', async () => {
    const kv = await kvOnDisk();
    await kv('bucket create a');
    for (const size of [1, 2000, 5000, 70_000, 600_000]) {
      await kv(['-b', 'a', 'set', `k${size}`], { stdin: patternedBytes(size) });
    }
    await kv('bucket copy a b');
    expect(await kv('diff a b')).toMatchObject({ outcome: 0, text: '' });
    for (const size of [1, 2000, 5000, 70_000, 600_000]) {
      const changed = Buffer.from(patternedBytes(size));
      changed[size - 1]! ^= 1;
      await kv(['-b', 'b', 'set', `k${size}`], { stdin: changed });
      expect((await kv('diff a b')).text).toBe(`~\tk${size}\t${size}\t${size}\n`);
      await kv(['-b', 'b', 'set', `k${size}`], { stdin: patternedBytes(size) });
    }
    expect((await kv('diff a b')).outcome).toBe(0);
  });

  it('agrees with a comparison in memory, on buckets of any kind', async () => {
    const records = fc.dictionary(
      fc.string({ unit: fc.constantFrom('a', 'b', 'é', '😀'), minLength: 1, maxLength: 3 }),
      fc.string({ unit: fc.constantFrom('x', 'y'), maxLength: 2 }),
      { maxKeys: 12 },
    );
    await fc.assert(
      fc.asyncProperty(records, records, async (one, other) => {
        const kv = kvInMemory();
        await fill(kv, 'a', one);
        await fill(kv, 'b', other);
        const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
        const expected = keys
          .filter((key) => one[key] !== other[key])
          .map((key) => `${key in one ? (key in other ? '~' : '-') : '+'} ${key}`);
        const { text, outcome } = await kv('diff a b');
        const found = text.split('\n').slice(0, -1);
        expect(found.map((line) => line.split('\t').slice(0, 2).join(' ')).toSorted()).toEqual(
          expected.toSorted(),
        );
        expect(outcome).toBe(expected.length === 0 ? 0 : 1);
      }),
      { numRuns: 200 },
    );
  });

  it('lets no control character of a key reach a terminal', async () => {
    const kv = kvInMemory();
    await fill(kv, 'a', { [hostile]: 'x' });
    await fill(kv, 'b', {});
    expect((await kv('diff a b', onTerminal)).text.trimEnd()).not.toMatch(controls);
  });

  it('needs another bucket, which is there', async () => {
    const kv = kvInMemory();
    await fill(kv, 'a', {});
    expect((await kv('diff a')).error?.message).toBe('missing OTHER, or --other-store PATH');
    expect((await kv('diff a missing')).error?.code).toBe('no-bucket');
    expect((await kv('diff missing a')).error?.code).toBe('no-bucket');
  });

  it('compares two stores, or one with itself, and changes neither', async () => {
    const shell = new Shell();
    await shell.succeed('for n in 1 2 3; do kv set $n $n; done');
    cpSync(shell.store, `${shell.folder}/copy`, { recursive: true });
    await shell.succeed('kv -s copy set 2 two; kv -s copy delete 3; kv -s copy bucket create only');
    const told = await shell.run('kv diff default --other-store copy');
    expect([told.status, told.text]).toEqual([1, '~\t2\t1\t3\n-\t3\t1\n']);
    const itself = await shell.run('kv -s copy diff default default --other-store ./copy/../copy');
    expect([itself.status, itself.text, itself.stderr]).toEqual([0, '', '']);
    const missing = await shell.run('kv diff default --other-store nowhere');
    expect([missing.status, missing.text]).toEqual([6, '']);
    expect(missing.stderr).toMatch(/^kv: cannot open store "nowhere": there is none yet\n/);
    const bucket = await shell.run('kv diff default none --other-store copy');
    expect([bucket.status, bucket.stderr]).toMatchObject([6, expect.stringContaining('"none"')]);
    expect(
      (await shell.run("printf 'diff default --other-store copy\\nkeys\\n' | kv exec -")).text,
    ).toBe('~\t2\t1\t3\n-\t3\t1\n1\n2\n3\n');
  });
});
