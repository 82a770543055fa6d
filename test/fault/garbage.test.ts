/** `kv store gc` takes what killed processes have left, and nothing of those that live. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.js';
import { runKv } from './kv-process.js';
import { beginDraft, beginUpload, EXPIRED, figuresAt, kill, leaveExpired } from './left-garbage.js';
import { contentsOf, expectSound } from './store-contents.js';

test('drafts and uploads of killed processes go, with what has expired; those of living ones stay', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'store');
  const kv = async (...words: string[]) => {
    const ended = await runKv(folder, ['-s', path, ...words]);
    expect(ended).toMatchObject({ status: 0, signal: null });
    return ended.stdout;
  };
  await kv('set', 'stays', 'here');
  await leaveExpired(path);
  const upload = await beginUpload(folder, path);
  const draft = await beginDraft(folder, path, 'replaced');
  const living = await beginDraft(folder, path, 'made');
  await kill(upload);
  await kill(draft);
  expect(await figuresAt(path)).toMatchObject({ uploads: 3 });

  const { expired, uploads } = JSON.parse(await kv('store', 'gc', '--json'));
  expect(uploads).toBe(2);
  // Each writer has swept some.
  expect(expired).toBeGreaterThan(EXPIRED / 2);
  expect(await figuresAt(path)).toMatchObject({ uploads: 1 });
  living.process.stdin.end('{"key":"b","value":"2"}\n');
  expect(await living.ended).toMatchObject({ status: 0 });
  expect(await contentsOf(path)).toEqual(
    new Map([
      ['default/stays', 'here'],
      ['made/a', '1'],
      ['made/b', '2'],
    ]),
  );
  expect(JSON.parse(await kv('store', 'check', '--json'))).toMatchObject({
    uploads: 0,
    lostPages: 0,
  });
  expect(await figuresAt(path)).toMatchObject({ uploads: 0, expired: 0 });
  await expectSound(path, 'collected');
});
