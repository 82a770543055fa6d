import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { program } from '../support/child-program.js';
import { openStoreAt } from '../support/open-test-store.js';
import { kvInMemory, onTerminal } from '../support/run-command.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const hold = program(new URL('../store/readers.test.ts', import.meta.url).href, 'hold');

async function madeStore(): Promise<string> {
  const path = join(temporaryFolder(), 'store');
  const store = await openStoreAt(path);
  store.ensureBucket('test').increment('key', 1n);
  await store.close();
  return path;
}

describe('store readers', () => {
  it('shows a row for each process that reads, and nothing where there is none', async () => {
    const path = await madeStore();
    const kv = kvInMemory();
    const words = ['-s', path, 'store', 'readers'];
    expect((await kv(words)).text).toBe('');
    const child = hold([path]);
    await child.message();
    const id = child.process.pid;
    expect((await kv(words)).text).toMatch(
      new RegExp(`^${id}\thold\t\\d{4}-[-\\dT:.]+Z\t\\d+\t0\n$`),
    );
    const shown = await kv(words, onTerminal);
    expect(shown.text).toMatch(/^PROCESS +NAME +STARTED +TRANSACTION +HELD\n/);
    expect(shown.text).toMatch(new RegExp(`\n${id} +hold .* 0 B\n$`));
    const json = await kv([...words, '--json']);
    expect(JSON.parse(json.text)).toMatchObject({
      cleared: [],
      readers: [{ process: id, name: 'hold', heldBytes: 0 }],
    });
  });

  it('tells on stderr what it has cleared', async () => {
    const path = await madeStore();
    const kv = kvInMemory();
    const child = hold([path]);
    await child.message();
    await child.kill();
    const { text, stderr } = await kv(['-s', path, 'store', 'readers'], onTerminal);
    expect(text).toBe('');
    expect(stderr).toContain(`cleared what process ${child.process.pid} read, which has ended\n`);
  });

  it('fails where there is no store', async () => {
    const { outcome } = await kvInMemory()([
      '-s',
      join(temporaryFolder(), 'none'),
      'store',
      'readers',
    ]);
    expect(outcome).toBe(6);
  });
});
