import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ended, program, run, start, temporaryFolder, until } from './terminal-process.js';

const folder = temporaryFolder();
const bytes = Buffer.alloc(3_000_000);
for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 7 + (i >> 8)) & 0xff;
writeFileSync(join(folder, 'input'), bytes);

describe('stdin', () => {
  const kind = program(folder, `await terminal.stdout.write(terminal.stdin.kind);`);

  it.each([
    ['a stream', 'a pipe', `true | ${kind}`],
    ['a stream', 'a file', `${kind} < input`],
    ['a stream', 'a socket', kind],
    ['a stream', 'a directory', `${kind} < .`],
    ['none', '/dev/null', `${kind} < /dev/null`],
    ['none', 'closed', `${kind} <&-`],
  ])('is %s when it is %s', async (expected, _, script) => {
    expect((await run(folder, script)).stdout.toString()).toBe(expected.replace('a ', ''));
  });

  const copies = program(
    folder,
    `const kept = [];
     for await (const chunk of terminal.stdin.chunks()) kept.push(chunk);
     for (const chunk of kept) await terminal.stdout.write(chunk);`,
  );

  it.each([
    ['file', `${copies} < input`],
    ['pipe', `cat input | ${copies}`],
  ])('gives every byte of a %s, in pieces that may be kept', async (_, script) => {
    const { status, stdout } = await run(folder, script);
    expect({ status, same: stdout.equals(bytes) }).toEqual({ status: 0, same: true });
  });

  it('gives every byte of a socket', async () => {
    const child = start(folder, `exec ${copies}`);
    child.stdin.end(bytes);
    expect((await ended(child)).stdout.equals(bytes)).toBe(true);
  });

  it('goes on where the shell has read to', async () => {
    writeFileSync(join(folder, 'lines'), 'first\nsecond\n');
    const { stdout } = await run(folder, `{ read line; ${copies}; } < lines`);
    expect(stdout.toString()).toBe('second\n');
  });

  it('is empty when it is /dev/null', async () => {
    const { status, stdout } = await run(folder, `${copies} < /dev/null`);
    expect({ status, stdout: stdout.toString() }).toEqual({ status: 0, stdout: '' });
  });

  it('says why a directory cannot be read', async () => {
    const { status, stderr } = await run(folder, `${copies} < .`);
    expect({ status, stderr }).toEqual({
      status: 6,
      stderr: 'io: cannot read stdin: it is a directory\n',
    });
  });

  it('is let go by a consumer that fails while the writer is still there', async () => {
    const fails = program(
      folder,
      `for await (const chunk of terminal.stdin.chunks()) throw new Error('enough');`,
    );
    const child = start(folder, `exec ${fails}`);
    child.stdin.on('error', () => {}).write('a chunk');
    // The writer keeps its end open.
    await until(child.stderr, 'enough');
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(70);
  });

  it('can be left while a piece is awaited from a writer that is still there', async () => {
    const leaves = program(
      folder,
      `const chunks = terminal.stdin.chunks()[Symbol.asyncIterator]();
       await chunks.next();
       const awaited = chunks.next();
       await turns(10);
       await chunks.return();
       say(JSON.stringify(await awaited));`,
    );
    const child = start(folder, `exec ${leaves}`);
    child.stdin.on('error', () => {}).write('a chunk');
    await until(child.stderr, '{"done":true}');
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
  });
});
