import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeFileOf, readCode } from '../../src/start/code-file.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const isRoot = process.getuid?.() === 0;

/** A user, by a number that no system gives away. */
const SOMEBODY = 54321;

const key = '["a","ü"]';
const kept = { verbs: ['get', 'set'], code: Buffer.from('compiled code'.repeat(100)) };

function keptFile(): string {
  const folder = join(temporaryFolder(), 'kv');
  mkdirSync(folder, { mode: 0o700 });
  const file = join(folder, 'code');
  writeFileSync(file, codeFileOf(key, kept), { mode: 0o600 });
  return file;
}

const read = (file: string) => readCode(join(file, '..'), file, key);

describe('kept code', () => {
  it('is read as it was kept, its code at a multiple of eight bytes', () => {
    const found = read(keptFile());
    expect(found).toEqual(kept);
    expect('code' in found && found.code.byteOffset % 8).toBe(0);
  });

  it.each<[string, string, (file: string) => void]>([
    ['is not there', 'nothing is kept yet', (file) => rmSync(file)],
    ['is empty', 'is not of this kv', (file) => truncateSync(file)],
    ['has more behind it', 'is not of this kv', (file) => appendFileSync(file, 'more')],
    ['is zeros', 'is not of this kv', (file) => writeFileSync(file, Buffer.alloc(1000))],
    ['is text', 'is not of this kv', (file) => writeFileSync(file, '{"key":1}\nabab')],
    ['is no object', 'is not of this kv', (file) => writeFileSync(file, 'null\nabab')],
    ['is no JSON', 'is not of this kv', (file) => writeFileSync(file, 'x\nabab')],
    ['is of something else', 'is not of', (file) => writeFileSync(file, codeFileOf('[]', kept))],
    ['is a folder', 'is no file', becomeFolder],
    ['is a link', 'ELOOP', becomeLink],
    ['can be written by others', 'by others', (file) => chmodSync(file, 0o602)],
    ['can be written by the group', 'by others', (file) => chmodSync(file, 0o620)],
    ['is in a folder of others', 'by others', (file) => chmodSync(join(file, '..'), 0o707)],
    ['is in a folder of the group', 'by others', (file) => chmodSync(join(file, '..'), 0o770)],
    ['is in a folder behind a link', 'is no folder', (file) => becomeLink(join(file, '..'))],
    ...(isRoot
      ? ([
          ["is another user's", "is another user's", (file) => chownSync(file, SOMEBODY, 0)],
          [
            "is in another's folder",
            "another user's",
            (file) => chownSync(join(file, '..'), SOMEBODY, 0),
          ],
        ] as [string, string, (file: string) => void][])
      : []),
  ])('is not taken where it %s', (_, reason, change) => {
    const file = keptFile();
    change(file);
    expect(read(file)).toEqual({ reason: expect.stringContaining(reason) });
  });

  it('is not taken where it was cut off or one byte of it is another, wherever that is', () => {
    const file = keptFile();
    const whole = readFileSync(file);
    const start = whole.indexOf('\n') + 1;
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(whole);
        changed[at]! ^= change;
        writeFileSync(file, changed);
        const found = read(file);
        // The verbs and the spaces behind them are not compared with anything.
        if ('code' in found) expect(at).toBeLessThan(start);
        if ('code' in found) expect(found.code).toEqual(kept.code);
        writeFileSync(file, whole.subarray(0, at));
        expect(read(file)).toHaveProperty('reason');
      }),
    );
  });
});

function becomeFolder(file: string): void {
  rmSync(file);
  mkdirSync(file);
}

function becomeLink(path: string): void {
  renameSync(path, `${path}-2`);
  symlinkSync(`${path}-2`, path);
}
