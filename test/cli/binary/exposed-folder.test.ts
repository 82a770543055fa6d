/** A store that is made where others may write: that is said once. */
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Shell } from '../../support/shell.js';

it.each([
  ['above', 0o777, 0o700, 'the folder above it'],
  ['itself', 0o700, 0o777, 'its folder'],
])(
  'a store in a folder that others may write to, %s, is told of when it is made',
  async (_, above, own, which) => {
    const shell = new Shell();
    mkdirSync(join(shell.folder, 'open', 'store'), { recursive: true });
    chmodSync(join(shell.folder, 'open'), above);
    chmodSync(join(shell.folder, 'open', 'store'), own);
    const first = await shell.run('kv -s open/store set k v');
    expect(first.status).toBe(0);
    expect(first.stderr).toMatch(
      new RegExp(
        `^others may replace store "open/store": they may write to ${which}; try: chmod go-w ".*"\n$`,
      ),
    );
    const second = await shell.run('kv -s open/store set k w');
    expect([second.status, second.stderr]).toEqual([0, '']);
  },
);

it.each([
  ['that nobody else may write to', 0o755],
  ['as /tmp, where nobody can remove what is not theirs', 0o1777],
])('nothing is said of a store in a folder %s', async (_, mode) => {
  const shell = new Shell();
  mkdirSync(join(shell.folder, 'folder'));
  chmodSync(join(shell.folder, 'folder'), mode);
  const { status, stderr } = await shell.run('kv -s folder/store set k v');
  expect([status, stderr]).toEqual([0, '']);
});

it('nothing is said with -q', async () => {
  const shell = new Shell();
  mkdirSync(join(shell.folder, 'open'));
  chmodSync(join(shell.folder, 'open'), 0o777);
  const { status, stderr } = await shell.run('kv -q -s open/store set k v');
  expect([status, stderr]).toEqual([0, '']);
});
