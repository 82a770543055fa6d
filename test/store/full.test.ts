/** A disk without room, or a limit on the size of files: the old value stands, and `full` is said. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createKeyvalue } from '../../src/keyvalue/index.js';
import { type Child, program } from '../support/child-program.js';
import { openStoreAt } from '../support/open-test-store.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { setValue } from '../support/records.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import type { Action, Order } from './programs/fill-disk.js';

const KIB = 1024;
const MIB = 1024 * KIB;

const fillDisk = program(import.meta.url, 'fill-disk');

interface Answer {
  readonly outcome: string;
  readonly value: 'old' | 'new' | 'none' | 'torn';
  readonly buckets: number;
  readonly keys: number;
  readonly uploads: number;
  readonly chunkedValues: number;
  readonly isUsable: boolean;
}

type State = Omit<Answer, 'outcome' | 'isUsable'>;

/** The store that the orders begin with: two buckets with a value in chunks each, and many keys. */
const before: State = { value: 'old', buckets: 2, keys: 2002, uploads: 0, chunkedValues: 2 };

/** What each order makes of it, when it is done. */
const actions: { action: Action; size: number; after: Partial<State> }[] = [
  { action: 'set', size: 100, after: { value: 'new', chunkedValues: 1 } },
  { action: 'set', size: 400_000, after: { value: 'new' } },
  { action: 'set', size: 6_000_000, after: { value: 'new' } },
  { action: 'stream', size: 100, after: { value: 'new', chunkedValues: 1 } },
  { action: 'stream', size: 10_000_000, after: { value: 'new' } },
  { action: 'set many', size: 1000, after: { value: 'new', keys: 2004, chunkedValues: 1 } },
  { action: 'set many', size: 300_000, after: { value: 'new', keys: 2004, chunkedValues: 4 } },
  { action: 'delete', size: 0, after: { value: 'none', keys: 2001, chunkedValues: 1 } },
  { action: 'increment', size: 0, after: { keys: 2003 } },
  { action: 'create a bucket', size: 0, after: { buckets: 3 } },
  { action: 'copy a bucket', size: 0, after: { buckets: 3, keys: 2003 } },
  { action: 'drop a bucket', size: 0, after: { buckets: 1, keys: 1, chunkedValues: 1 } },
  { action: 'open', size: 0, after: {} },
];

/** None, some pages, and then as much as it takes. */
const rooms = [0, 4, 16, 20, 24, 200].map((kib) => kib * KIB);
rooms.push(20 * MIB);

describe.skipIf(!canRun('prlimit', ['--version']))('with a limit on the size of files', () => {
  test.each(actions)('$action ($size bytes) is done, or not', async (order) => {
    const folder = temporaryFolder();
    const template = join(folder, 'template');
    await makeTemplate(template);
    await expectDoneOrNot(fillDisk([template, join(folder, 'copy')]), order);
  });
});

describe.skipIf(!canMount())('on a disk that is full', () => {
  // The disk is in memory, and small; what is done with it is said above.
  const some = actions.filter(({ action }) => ['set', 'stream', 'delete', 'open'].includes(action));

  test.each(some)('$action ($size bytes) is done, or not', async (order) => {
    const folder = temporaryFolder();
    const template = join(folder, 'template');
    await makeTemplate(template);
    await growTemplate(template);
    const disk = join(folder, 'disk');
    mountDisk(disk);
    const child = fillDisk([template, join(disk, 'copy'), join(disk, 'ballast')]);
    await expectDoneOrNot(child, order);
    await child.kill();
  });
});

/** Gives the order with ever more room. It is done when there is enough, and never half. */
async function expectDoneOrNot(
  child: Child,
  { action, size, after }: (typeof actions)[number],
): Promise<void> {
  const outcomes: string[] = [];
  for (const room of rooms) {
    child.send({ action, size, room } satisfies Order);
    const { outcome, isUsable, ...state } = (await child.message()) as Answer;
    expect(outcome).toMatch(/^(done|full)$/);
    expect(state).toEqual(outcome === 'done' ? { ...before, ...after } : before);
    expect(isUsable).toBe(true);
    outcomes.push(outcome);
  }
  expect(outcomes.at(-1)).toBe('done');
  if (action !== 'open') expect(outcomes).toContain('full');
}

async function makeTemplate(path: string): Promise<void> {
  const store = await openStoreAt(path);
  const keyvalue = createKeyvalue(store);
  await store.transaction(async () => {
    setValue(keyvalue, keyvalue.buckets.create('test'), 'key', patternedBytes(100_000));
    const other = keyvalue.buckets.create('other');
    setValue(keyvalue, other, 'key', patternedBytes(100_000));
    for (let key = 0; key < 2000; key++) {
      setValue(keyvalue, other, `key ${key}`, patternedBytes(key % 100));
    }
  });
  await store.close();
}

/** Makes the file as large as most are: of what cannot be written LMDB then says more. */
async function growTemplate(path: string): Promise<void> {
  const store = await openStoreAt(path);
  const keyvalue = createKeyvalue(store);
  const test = keyvalue.types.Bucket.openBucket('test');
  // Into the key that is there, so that there is as much as before; the old pages are not used.
  await store.transaction(async () => {
    setValue(keyvalue, test, 'ballast', Buffer.alloc(10 * MIB));
    keyvalue.eventual.delete(test, 'ballast');
  });
  await store.close();
}

function canRun(command: string, parameters: string[]): boolean {
  try {
    execFileSync(command, parameters, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Whether this user may mount a disk in memory. */
function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'kv-mount-'));
  try {
    return (
      canRun('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]) &&
      canRun('umount', [folder])
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A small disk in memory, which goes when the test has finished. */
function mountDisk(folder: string): void {
  mkdirSync(folder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', folder]);
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', folder]);
  });
}
