import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openInput } from '../../src/terminal/file-input.js';
import { openOutput } from '../../src/terminal/file-output.js';
import { bufferTerminal } from '../support/buffer-terminal.js';
import { temporaryFolder } from './terminal-process.js';

const { stdin, stdout } = bufferTerminal();
const all = temporaryFolder();
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(all, 'test-'));
  file = join(folder, 'file');
});

async function replace(path: string, content: string): Promise<void> {
  const output = await openOutput(path, stdout);
  await output.write(content);
  await output.commit();
}

describe('a regular file', () => {
  it('appears at commit, whole', async () => {
    const output = await openOutput(file, stdout);
    await output.write('one ');
    await output.write(Buffer.from('two'));
    expect(existsSync(file)).toBe(false);
    await output.commit();
    expect(readFileSync(file, 'utf8')).toBe('one two');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('keeps its content until commit', async () => {
    writeFileSync(file, 'old');
    const output = await openOutput(file, stdout);
    await output.write('new');
    expect(readFileSync(file, 'utf8')).toBe('old');
    await output.commit();
    expect(readFileSync(file, 'utf8')).toBe('new');
  });

  it('is left as it was by abandon, and nothing beside it', async () => {
    writeFileSync(file, 'old');
    const output = await openOutput(file, stdout);
    await output.write('new');
    await output.abandon();
    await output.abandon();
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('is not taken away by abandon after commit', async () => {
    const output = await openOutput(file, stdout);
    await output.commit();
    await output.commit();
    await output.abandon();
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  it('gathers its content beside it, under a name that says whose it is', async () => {
    const output = await openOutput(file, stdout);
    const pattern = new RegExp(`^\\.file\\.kv-${process.pid}-[0-9a-z]+\\.part$`);
    expect(readdirSync(folder)).toEqual([expect.stringMatching(pattern)]);
    await output.abandon();
  });

  it('gets the mode of any new file', async () => {
    await replace(file, 'new');
    writeFileSync(join(folder, 'any'), '');
    expect(statSync(file).mode).toBe(statSync(join(folder, 'any')).mode);
  });

  it.each([0o600, 0o640, 0o755])('keeps its mode %o, and nobody reads it sooner', async (mode) => {
    writeFileSync(file, 'old');
    chmodSync(file, mode);
    const output = await openOutput(file, stdout);
    const [temporary] = readdirSync(folder).filter((name) => name.endsWith('.part'));
    expect(statSync(join(folder, temporary!)).mode & 0o777).toBe(0o600);
    await output.commit();
    expect(statSync(file).mode & 0o777).toBe(mode);
  });

  it.runIf(process.getuid?.() === 0)('keeps its owner', async () => {
    writeFileSync(file, 'old');
    execFileSync('chown', ['1234:1234', file]);
    await replace(file, 'new');
    expect(statSync(file)).toMatchObject({ uid: 1234, gid: 1234 });
  });

  it('is replaced behind a link, which stays', async () => {
    mkdirSync(join(folder, 'real'));
    mkdirSync(join(folder, 'real', 'inner'));
    symlinkSync('real/inner', join(folder, 'alias'));
    // Its `..` is that of real/inner, not that of alias.
    symlinkSync('../target', join(folder, 'real', 'inner', 'link'));
    const target = join(folder, 'real', 'target');
    writeFileSync(target, 'old');
    await replace(join(folder, 'alias', 'link'), 'new');
    expect(readFileSync(target, 'utf8')).toBe('new');
    expect(lstatSync(target).isFile()).toBe(true);
    expect(readlinkSync(join(folder, 'real', 'inner', 'link'))).toBe('../target');
    expect(readdirSync(join(folder, 'real'))).toEqual(['inner', 'target']);
  });

  it('is made where a dangling link points to', async () => {
    symlinkSync('absent', file);
    await replace(file, 'new');
    expect(readFileSync(join(folder, 'absent'), 'utf8')).toBe('new');
    expect(readlinkSync(file)).toBe('absent');
  });

  it('may have the longest name there is', async () => {
    for (const name of ['n'.repeat(255), '界'.repeat(85), '😀'.repeat(63)]) {
      await replace(join(folder, name), 'new');
      expect(readFileSync(join(folder, name), 'utf8')).toBe('new');
    }
  });

  it.skipIf(process.getuid?.() === 0)('is refused where it may not be written', async () => {
    writeFileSync(file, 'old', { mode: 0o444 });
    const opening = openOutput(file, stdout);
    await expect(opening).rejects.toMatchObject({
      code: 'io',
      message: `cannot write "${file}": permission denied`,
    });
  });

  it.each([
    ['', 'no such file or directory'],
    ['absent/', 'it is a directory'],
    ['absent/file', 'no such file or directory'],
    ['.', 'it is a directory'],
    ['file/below', 'a part of the path is not a directory'],
  ])('cannot be %j', async (name, state) => {
    writeFileSync(file, '');
    const opening = openOutput(name === '' ? '' : `${folder}/${name}`, stdout);
    await expect(opening).rejects.toMatchObject({
      code: 'io',
      message: expect.stringMatching(`${state}$`),
    });
    expect(readdirSync(folder)).toEqual(['file']);
  });
});

describe('anything else', () => {
  it('is stdout for -', async () => {
    const terminal = bufferTerminal({ columns: 99 });
    const output = await terminal.openOutput('-');
    await output.write('text');
    await output.abandon();
    await output.commit();
    expect(terminal.stdoutText).toBe('text');
    expect(output.columns).toBe(99);
  });

  it('is written directly when it is a device', async () => {
    const output = await openOutput('/dev/null', stdout);
    expect(output.isTerminal).toBe(false);
    await output.write('text');
    await output.commit();
    await output.abandon();
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it.runIf(process.platform === 'linux')('says full when the device is full', async () => {
    const output = await openOutput('/dev/full', stdout);
    await expect(output.write('text')).rejects.toMatchObject({
      code: 'full',
      message: 'cannot write "/dev/full": no space is left on the device',
    });
    await output.abandon();
  });

  it('is read by the reader of a FIFO as it is written', async () => {
    execFileSync('mkfifo', [file]);
    const [output, input] = await Promise.all([openOutput(file, stdout), openInput(file, stdin)]);
    const written = Buffer.alloc(3_000_000, 'abc');
    const writing = output.write(written).then(() => output.commit());
    const pieces: Uint8Array[] = [];
    for await (const piece of input.chunks()) pieces.push(piece);
    await writing;
    expect(Buffer.concat(pieces).equals(written)).toBe(true);
    expect(statSync(file).isFIFO()).toBe(true);
  });

  it('says broken-pipe when the reader of a FIFO goes away', async () => {
    execFileSync('mkfifo', [file]);
    const [output, input] = await Promise.all([openOutput(file, stdout), openInput(file, stdin)]);
    const writing = output.write(Buffer.alloc(3_000_000));
    for await (const _ of input.chunks()) break;
    await expect(writing).rejects.toMatchObject({
      code: 'broken-pipe',
      message: `cannot write "${file}": the reader went away`,
    });
    await expect(output.write('more')).rejects.toMatchObject({ code: 'broken-pipe' });
    await output.abandon();
  });
});
