import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ended, program, run, start, temporaryFolder, until } from './terminal-process.js';

const folder = temporaryFolder();

const writesMuch = program(
  folder,
  `const bytes = Buffer.alloc(256 * 1024);
   for (let i = 0; i < 64; i++) {
     bytes.fill(i);
     await terminal.stdout.write(bytes);
   }`,
);
const MUCH = 64 * 256 * 1024;

function expectMuch(written: Buffer): void {
  expect(written.length).toBe(MUCH);
  for (let i = 0; i < 64; i++) expect(written[i * 256 * 1024 + 77]).toBe(i);
}

describe('stdout', () => {
  it('carries every byte of a buffer that is filled again to a file', async () => {
    expect(await run(folder, `${writesMuch} > much-file`)).toMatchObject({ status: 0, stderr: '' });
    expectMuch(readFileSync(join(folder, 'much-file')));
  });

  it('carries every byte of a buffer that is filled again to a pipe', async () => {
    expect(await run(folder, `${writesMuch} | cat > much-pipe`)).toMatchObject({ stderr: '' });
    expectMuch(readFileSync(join(folder, 'much-pipe')));
  });

  it('carries every byte of a buffer that is filled again to a socket', async () => {
    const { status, stdout } = await run(folder, writesMuch);
    expect(status).toBe(0);
    expectMuch(stdout);
  });

  it('appends where the shell appends', async () => {
    const says = program(folder, `await terminal.stdout.write('b');`);
    await run(folder, `printf a > appended; ${says} >> appended`);
    expect(readFileSync(join(folder, 'appended'), 'utf8')).toBe('ab');
  });

  it('keeps the order of small writes and large ones', async () => {
    const mixes = program(
      folder,
      `for (let i = 0; i < 300; i++) await terminal.stdout.write((i + ',').repeat(i % 50 ? 1 : 20000));`,
    );
    const { stdout } = await run(folder, `${mixes} | cat`);
    let expected = '';
    for (let i = 0; i < 300; i++) expected += `${i},`.repeat(i % 50 ? 1 : 20000);
    expect(stdout.toString() === expected).toBe(true);
  });

  it('makes the writer wait for a reader that does not read', async () => {
    const waits = program(
      folder,
      `let written = false;
       const writing = terminal.stdout.write(Buffer.alloc(4 << 20)).then(() => { written = true; });
       await turns(100);
       say(written ? 'written' : 'waiting');
       await writing;`,
    );
    const child = start(folder, waits);
    await until(child.stderr, 'waiting');
    const { status, stdout } = await ended(child);
    expect({ status, bytes: stdout.length }).toEqual({ status: 0, bytes: 4 << 20 });
  });

  it('waits for a pipe that is non-blocking and almost full already', async () => {
    // A Node that shares the pipe makes it non-blocking for as long as it lives.
    const fills = program(
      folder,
      `const { readFileSync, writeFileSync } = await import('node:fs');
       process.stdout.write(Buffer.alloc(60 * 1024, 'a'));
       writeFileSync('filled', '');
       readFileSync('done');`,
    );
    const writes = program(
      folder,
      `const writing = terminal.stdout.write(Buffer.alloc(20 * 1024, 'b'));
       await turns(100);
       require('node:fs').writeFileSync('waiting', '');
       await writing;`,
    );
    const script = `mkfifo filled waiting done;
      { ${fills} & cat filled; ${writes}; : > done; wait; } | { cat waiting; cat > both; }`;
    expect(await run(folder, script)).toMatchObject({ status: 0, stderr: '' });
    const expected = 'a'.repeat(60 * 1024) + 'b'.repeat(20 * 1024);
    expect(readFileSync(join(folder, 'both'), 'latin1') === expected).toBe(true);
  });

  it.each([1, 4 << 20])(
    'waits for a pipe that others have filled, and is not held up: %i bytes',
    async (size) => {
      const waits = program(
        folder,
        `const writing = terminal.stdout.write(Buffer.alloc(${size}));
       await turns(100);
       const flags = require('node:fs').readFileSync('/proc/self/fdinfo/1', 'latin1');
       // For those who share the pipe a write goes on to wait.
       say(Number.parseInt(/flags:\\s*(\\d+)/.exec(flags)[1], 8) & 0o4000 ? 'changed' : 'waiting');
       await writing;`,
      );
      const script = `rm -f full; mkfifo full; exec 4<> full; head -c 65536 /dev/zero >&4
      { ${waits} 2>&1 >&4 | { read -r line; echo "$line" >&2; head -c ${65536 + size} full > taken; }; }`;
      expect(await run(folder, script)).toMatchObject({ status: 0, stderr: 'waiting\n' });
      expect(statSync(join(folder, 'taken')).size).toBe(65536 + size);
    },
  );

  it('says broken-pipe when the reader of a pipe goes away, and ends by itself', async () => {
    const endless = program(
      folder,
      `for (;;) await terminal.stdout.write(Buffer.alloc(${256 * 1024}));`,
    );
    expect(await run(folder, `{ ${endless}; echo $? >&2; } | head -c 100000 > /dev/null`)).toEqual({
      status: 0,
      stdout: Buffer.alloc(0),
      stderr: 'broken-pipe: cannot write to stdout: the reader went away\n141\n',
    });
  });

  it('says broken-pipe to a small write, and to every later one', async () => {
    const stubborn = program(
      folder,
      `require('node:fs').readFileSync('closed');
       for (const size of [1, 1, 1 << 20, 1, 1 << 20]) {
         await terminal.stdout.write(Buffer.alloc(size)).catch((error) => say(error.code));
       }`,
    );
    const script = `mkfifo closed; ${stubborn} | { exec <&-; : > closed; }`;
    const { stderr } = await run(folder, script);
    expect(stderr).toBe('broken-pipe\n'.repeat(5));
  });

  it('says broken-pipe when the other end of a socket goes away', async () => {
    const endless = program(
      folder,
      `for (;;) await terminal.stdout.write(Buffer.alloc(${256 * 1024}));`,
    );
    const child = start(folder, `exec ${endless}`);
    child.stdout.once('data', () => child.stdout.destroy());
    const stderr: Buffer[] = [];
    child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes));
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect(status).toBe(141);
    expect(Buffer.concat(stderr).toString()).toMatch(/^broken-pipe: .*the reader went away\n$/);
  });

  it('says broken-pipe when a connection is reset', async () => {
    const endless = program(
      folder,
      `for (;;) await terminal.stdout.write(Buffer.alloc(${256 * 1024}));`,
    );
    const server = createServer((peer) => peer.once('data', () => peer.resetAndDestroy()));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const connection = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(connection, 'connect');
    const child = spawn('sh', ['-c', `exec ${endless}`], { stdio: ['ignore', connection, 'pipe'] });
    connection.destroy();
    const stderr: Buffer[] = [];
    child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes));
    const [status] = await once(child, 'close');
    server.close();
    expect(Buffer.concat(stderr).toString()).toMatch(/^broken-pipe: .*the reader went away\n$/);
    expect(status).toBe(141);
  });

  it.runIf(process.platform === 'linux')('says full when the device is full', async () => {
    const says = program(folder, `await terminal.stdout.write('x');`);
    const { status, stderr } = await run(folder, `${says} > /dev/full`);
    expect(status).toBe(6);
    expect(stderr).toBe('full: cannot write to stdout: no space is left on the device\n');
  });

  it('does not take a short write for a whole one', async () => {
    const writes = program(folder, `await terminal.stdout.write(Buffer.alloc(100_000));`);
    // The limit, 20 blocks, lets a part of the write through; only what follows it fails.
    const { status, stderr } = await run(folder, `ulimit -f 20; ${writes} > short`);
    expect({ status, stderr }).toEqual({
      status: 6,
      stderr: 'full: cannot write to stdout: the file would pass the limit on file sizes\n',
    });
    expect(statSync(join(folder, 'short')).size).toBeLessThan(100_000);
    expect(statSync(join(folder, 'short')).size).toBeGreaterThan(0);
  });

  it.each(['> /dev/null', '> signalled', '| cat > /dev/null'])(
    'lets signals through during a long run of writes (%s)',
    async (redirect) => {
      const writesUntilSignal = program(
        folder,
        `let stopped = false;
         process.on('SIGTERM', () => { stopped = true; });
         process.kill(process.pid, 'SIGTERM');
         const bytes = Buffer.alloc(64 * 1024);
         for (let i = 0; i < 10_000 && !stopped; i++) {
           await terminal.stdout.write(bytes.subarray(0, i < 9_000 ? 100 : 65_536));
         }
         say(stopped ? 'stopped' : 'never heard');`,
      );
      expect((await run(folder, `${writesUntilSignal} ${redirect}`)).stderr).toBe('stopped\n');
    },
  );

  it('has 80 columns and no colour where it is no terminal', async () => {
    const shows = program(
      folder,
      `const { columns, isTerminal, style } = terminal.stdout;
       await terminal.stdout.write(JSON.stringify([columns, isTerminal, style.error('x')]));`,
    );
    expect((await run(folder, shows)).stdout.toString()).toBe('[80,false,"x"]');
  });

  it('has colour where it is asked for', async () => {
    const body = `await terminal.stdout.write(terminal.stdout.style.error('x'));`;
    const shows = program(folder, body, { color: 'always' });
    expect((await run(folder, shows)).stdout.toString()).toBe('\x1b[31mx\x1b[39m');
    const forced = await run(folder, `FORCE_COLOR=1 ${program(folder, body)}`);
    expect(forced.stdout.toString()).toBe('\x1b[31mx\x1b[39m');
  });

  it.each(['> file', '| cat'])(
    'costs no stream, no terminal and no chalk (%s)',
    async (redirect) => {
      const loads = program(
        folder,
        `await terminal.stdout.write('x');
       const loaded = ['net', 'tty', 'readline', 'stream'];
       say(loaded.filter((name) => process.moduleLoadList.includes('NativeModule ' + name)).join());`,
      );
      expect((await run(folder, `${loads} < /dev/null ${redirect}`)).stderr).toBe('\n');
    },
  );
});

describe('stderr', () => {
  const remarks = program(
    folder,
    `await terminal.stderr.write('x'.repeat(100));
     await terminal.stderr.write('x'.repeat(1 << 20));
     await terminal.stderr.write('x');
     await terminal.stdout.write('done');`,
  );

  it.each(['2>&-', '2>/dev/full', '2</dev/null'])('may be unwritable (%s)', async (redirect) => {
    const { status, stdout } = await run(folder, `${remarks} ${redirect}`);
    expect({ status, stdout: stdout.toString() }).toEqual({ status: 0, stdout: 'done' });
  });

  it('may lose its reader', async () => {
    const script = `{ { ${remarks}; } 2>&1 >&3 | exec true; } 3>&1`;
    expect((await run(folder, script)).stdout.toString()).toBe('done');
  });

  it('gets no remarks where it is no terminal', async () => {
    const notes = program(folder, `await terminal.note('remark');`);
    expect(await run(folder, notes)).toMatchObject({ status: 0, stderr: '' });
  });
});
