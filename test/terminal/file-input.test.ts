import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bufferTerminal } from '../support/buffer-terminal.js';
import { temporaryFolder } from './terminal-process.js';

const folder = temporaryFolder();
const terminal = bufferTerminal({ stdin: 'from stdin' });

async function read(path: string): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  const input = await terminal.openInput(path);
  for await (const piece of input.chunks()) pieces.push(piece);
  return Buffer.concat(pieces);
}

it('a file is a stream of its bytes', async () => {
  const bytes = Buffer.alloc(2_500_000, 'abcdefg');
  writeFileSync(join(folder, 'file'), bytes);
  expect((await read(join(folder, 'file'))).equals(bytes)).toBe(true);
  expect((await terminal.openInput(join(folder, 'file'))).kind).toBe('stream');
});

it('an empty file has no chunks', async () => {
  writeFileSync(join(folder, 'empty'), '');
  expect(await read(join(folder, 'empty'))).toHaveLength(0);
});

it('a file can be left before its end', async () => {
  writeFileSync(join(folder, 'file'), Buffer.alloc(2_500_000));
  const input = await terminal.openInput(join(folder, 'file'));
  for await (const piece of input.chunks()) {
    expect(piece.length).toBeGreaterThan(0);
    break;
  }
});

it('a device is a stream too', async () => {
  expect(await read('/dev/null')).toHaveLength(0);
});

it('- is stdin', async () => {
  expect((await read('-')).toString()).toBe('from stdin');
});

it('an absent file is refused when it is opened', async () => {
  const path = join(folder, 'absent');
  await expect(terminal.openInput(path)).rejects.toMatchObject({
    code: 'io',
    message: `cannot read "${path}": no such file or directory`,
  });
});

it('a directory is refused when it is opened', async () => {
  await expect(terminal.openInput(folder)).rejects.toMatchObject({
    code: 'io',
    message: `cannot read "${folder}": it is a directory`,
  });
});
