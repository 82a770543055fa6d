/** Stopping in the middle: what was there stays, nothing is left over, and the shell is told. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ended, Shell, until } from '../../support/shell.js';

const MiB = 1024 * 1024;

async function shellWithOldValue(): Promise<Shell> {
  const shell = new Shell();
  await shell.succeed('kv set k old');
  return shell;
}

/** Starts `kv set k`, and gives it so much that a part of it is on the disk, and its pipe stays open. */
async function startUpload(shell: Shell): Promise<ChildProcessWithoutNullStreams> {
  const child = shell.start('set', 'k');
  child.stdin.on('error', () => {});
  child.stdin.write(Buffer.alloc(9 * MiB));
  await until(async () => (await shell.info()).uploads === 1);
  return child;
}

/** Bytes of the file that hold something. */
async function usedBytes(shell: Shell): Promise<number> {
  const { fileSize, freeSize } = await shell.info();
  return fileSize - freeSize;
}

/** The list of the freed pages, at most; a part of an upload is of 4 MiB. */
const BOOKKEEPING_BYTES = MiB;

async function expectAsBefore(shell: Shell, usedBefore: number): Promise<void> {
  expect(await shell.succeed('kv get k')).toBe('old');
  expect((await shell.info()).uploads).toBe(0);
  expect(await usedBytes(shell)).toBeLessThan(usedBefore + BOOKKEEPING_BYTES);
  expect(shell.files(shell.store)).toEqual(['data.mdb', 'lock.mdb']);
  expect(shell.files()).toEqual([]);
}

describe('an upload', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const)(
    'from an open, idle pipe is undone by %s, which ends the process',
    async (signal) => {
      const shell = await shellWithOldValue();
      const before = await usedBytes(shell);
      const child = await startUpload(shell);
      child.kill(signal);
      expect(await ended(child)).toMatchObject({ status: null, signal, text: '', stderr: '' });
      await expectAsBefore(shell, before);
    },
  );

  it('from a busy pipe is undone by SIGINT', async () => {
    const shell = await shellWithOldValue();
    const before = await usedBytes(shell);
    const child = shell.start('set', 'k');
    child.stdin.on('error', () => {});
    const endless = Readable.from(endlessly(Buffer.alloc(64 * 1024)));
    endless.pipe(child.stdin);
    await until(async () => (await shell.info()).uploads === 1);
    child.kill('SIGINT');
    const end = await ended(child);
    endless.destroy();
    expect(end).toMatchObject({ status: null, signal: 'SIGINT', text: '', stderr: '' });
    await expectAsBefore(shell, before);
  });

  it('from a file is undone by SIGINT', async () => {
    const shell = await shellWithOldValue();
    const before = await usedBytes(shell);
    // Without an end, and as fast as the store takes it.
    const child = shell.start('set', 'k', '-f', '/dev/zero');
    await until(async () => (await shell.info()).uploads === 1);
    child.kill('SIGINT');
    expect(await ended(child)).toMatchObject({ status: null, signal: 'SIGINT', stderr: '' });
    await expectAsBefore(shell, before);
  });

  it('that was killed is undone by the next write of anybody', async () => {
    const shell = await shellWithOldValue();
    const before = await usedBytes(shell);
    const child = await startUpload(shell);
    child.kill('SIGKILL');
    expect((await ended(child)).signal).toBe('SIGKILL');
    expect(await shell.succeed('kv get k')).toBe('old');
    expect(await usedBytes(shell)).toBeGreaterThan(before + 4 * MiB);
    await shell.succeed('kv set other v');
    await expectAsBefore(shell, before);
  });

  it('from a pipe whose writer is stopped as well is undone: its end is not taken for the end', async () => {
    const shell = await shellWithOldValue();
    writeFileSync(join(shell.folder, 'large'), Buffer.alloc(9 * MiB));
    for (let round = 0; round < 5; round++) {
      const child = shell.startGroup('cat large - | kv set k');
      await until(async () => (await shell.info()).uploads === 1);
      // As a terminal does at Ctrl-C: to the writer and the reader.
      process.kill(-child.pid!, 'SIGINT');
      expect((await ended(child)).signal).toBe('SIGINT');
      expect(await shell.succeed('kv get k --length 3')).toBe('old');
    }
    expect((await shell.info()).uploads).toBe(0);
  });

  it('of another process goes on while one is stopped', async () => {
    const shell = await shellWithOldValue();
    const other = shell.start('set', 'other');
    other.stdin.write(Buffer.alloc(9 * MiB, 'x'));
    await until(async () => (await shell.info()).uploads === 1);
    const child = shell.start('set', 'k');
    child.stdin.on('error', () => {}).write(Buffer.alloc(9 * MiB));
    await until(async () => (await shell.info()).uploads === 2);
    child.kill('SIGINT');
    await ended(child);
    other.stdin.end('the end');
    expect((await ended(other)).status).toBe(0);
    expect(await shell.succeed(`kv get other --offset ${9 * MiB}; kv get k`)).toBe('the endold');
    expect((await shell.info()).uploads).toBe(0);
  });

  it('takes no second signal to end', async () => {
    const shell = await shellWithOldValue();
    const child = await startUpload(shell);
    child.kill('SIGINT');
    child.kill('SIGINT');
    expect((await ended(child)).signal).toBe('SIGINT');
    expect(await shell.succeed('kv get k')).toBe('old');
  });
});

describe('the shell', () => {
  it('is told 130, and 143 of SIGTERM', async () => {
    const shell = await shellWithOldValue();
    const { text } = await shell.run(`mkfifo open
      for signal in INT TERM; do
        kv set k < open & exec 3> open
        head -c 9000000 /dev/zero >&3
        until kv store info | grep -q '^uploads.1$'; do :; done
        kill -$signal $!; wait $!; echo $?; exec 3>&-
      done`);
    expect(text).toBe('130\n143\n');
  });

  it('stops its loop at Ctrl-C', async () => {
    const shell = await shellWithOldValue();
    const child = shell.startGroup('for i in 1 2 3; do kv set k; echo "after $i"; done');
    const end = ended(child);
    child.stdin.on('error', () => {}).write(Buffer.alloc(9 * MiB));
    await until(async () => (await shell.info()).uploads === 1);
    // As a terminal does: to all of the group.
    process.kill(-child.pid!, 'SIGINT');
    expect(await end).toMatchObject({ status: null, signal: 'SIGINT', text: '' });
    expect(await shell.succeed('kv get k')).toBe('old');
  });
});

describe('get -o FILE', () => {
  /** Starts it, and holds it still as soon as it has begun to write. */
  async function heldInTheMiddle(shell: Shell): Promise<ChildProcessWithoutNullStreams> {
    for (;;) {
      const watcher = watch(shell.folder);
      const child = shell.start('get', 'large', '-o', 'FILE');
      const end = ended(child);
      const begun = new Promise<void>((resolve) => watcher.once('change', () => resolve()));
      await Promise.race([begun, end]);
      child.kill('SIGSTOP');
      watcher.close();
      const isHeld = shell.files().some((name) => name.endsWith('.part'));
      if (isHeld && readFileSync(join(shell.folder, 'FILE'), 'utf8') === 'before') return child;
      // It was done before it could be stopped.
      child.kill('SIGKILL');
      await end;
      for (const name of shell.files()) await shell.succeed(`rm -- '${name}'`);
      writeFileSync(join(shell.folder, 'FILE'), 'before');
    }
  }

  it('leaves the file as it was at SIGINT, and nothing beside it', async () => {
    const shell = new Shell();
    await shell.succeed('head -c 100000000 /dev/zero | kv set large');
    writeFileSync(join(shell.folder, 'FILE'), 'before');
    const child = await heldInTheMiddle(shell);
    const end = ended(child);
    child.kill('SIGINT');
    child.kill('SIGCONT');
    expect(await end).toMatchObject({ status: null, signal: 'SIGINT', stderr: '' });
    expect(shell.files()).toEqual(['FILE']);
    expect(readFileSync(join(shell.folder, 'FILE'), 'utf8')).toBe('before');
  });

  it.each([
    ['that nobody opens to read', ':'],
    ['whose reader does not read', 'exec 3< fifo'],
  ])('ends at SIGINT although it writes to a FIFO %s', async (_, reader) => {
    const shell = new Shell();
    await shell.succeed('mkfifo fifo; head -c 1000000 /dev/zero | kv set large');
    // The system shows what a process waits for: with a reader, a full pipe; without, an open.
    const { text } = await shell.run(`kv get large -o fifo & ${reader}
      for i in 1 2 3 4 5; do until grep -q '^State:.S' /proc/$!/status; do :; done; kv keys; done
      kill -INT $!; wait $!; echo $?`);
    expect(text.trimEnd().split('\n').at(-1)).toBe('130');
    expect(shell.files()).toEqual(['fifo']);
  });
});

describe('work whose output nobody reads', () => {
  it.each([
    'grep v',
    'diff default other',
    'du --depth 2',
    'store backup -',
    'store backup fifo',
    'export -o fifo',
  ])('ends at once at SIGTERM: %s', async (words) => {
    const shell = new Shell();
    await shell.succeed(`mkfifo fifo; kv bucket create other; for ((i = 0; i < 4000; i++)); do
        printf '{"key":"%090d/%d","value":"v"}\\n' $i $i; done | kv import -q -`);
    // So much comes through the pipe that the rest waits.
    const { text } = await shell.run(`exec 3<> fifo
        kv ${words} > fifo & head -c 60000 <&3 > /dev/null; kill -TERM $!; wait $!; echo $?`);
    expect(text).toBe('143\n');
  });

  it.each(['2> full', '--rejects full'])(
    'ends at SIGTERM where it is an import with %s',
    async (words) => {
      const shell = new Shell();
      // The first twenty rejected records are named on stderr, with the path, which is long.
      const folder = 'long/'.repeat(750);
      const { text } = await shell.run(`mkdir -p ${folder} && mkfifo full ${folder}open
        exec 3<> full 4<> ${folder}open
        kv import --format ndjson --on-error skip ${words} ${folder}open & import=$!
        echo '{"key":"a","value":"1"}' >&4; until kv exists -q a; do :; done
        for i in {1..2000}; do echo '{"kex":"a key that is rejected"}'; done >&4
        head -c 5000 <&3 > /dev/null; kill -TERM $import; wait $import; echo $?`);
      expect(text).toBe('143\n');
    },
  );
});

describe('a command that waits for nothing', () => {
  it('ends at once at SIGTERM, in the midst of a match that takes years', async () => {
    const shell = new Shell();
    await shell.succeed(`kv set k ${'a'.repeat(60)}b`);
    const child = shell.start('grep', '(a+)+$');
    // In 10 ms: a start takes less of the processor's time.
    const used = () => Number(readFileSync(`/proc/${child.pid}/stat`, 'latin1').split(' ')[13]);
    await until(() => used() > 150);
    child.kill('SIGTERM');
    expect((await ended(child)).signal).toBe('SIGTERM');
  });

  it('ends at once at SIGINT, whatever its reader does', async () => {
    const shell = new Shell();
    await shell.succeed('head -c 10000000 /dev/zero | kv set large');
    const child = shell.start('get', 'large');
    await new Promise((resolve) => child.stdout.once('readable', resolve));
    child.kill('SIGINT');
    const signal = await new Promise((resolve) => child.once('exit', (_, how) => resolve(how)));
    expect(signal).toBe('SIGINT');
  });
});

function* endlessly(bytes: Buffer): Generator<Buffer> {
  for (;;) yield bytes;
}

describe('a script', () => {
  it.each([
    ['of brief verbs', 'exec script', 'incr n\n'],
    ['of brief verbs in one transaction', 'exec --atomic script', 'incr n\n'],
    ['that goes on after errors', 'exec --keep-going script', 'incr n\nget nope\n'],
  ])('%s is ended by SIGINT, between two lines', async (_, words, lines) => {
    const shell = await shellWithOldValue();
    writeFileSync(
      join(shell.folder, 'script'),
      `set begun 1\nkeys begun\n${lines.repeat(400_000)}`,
    );
    const child = shell.start(...words.split(' '));
    const begun = new Promise((resolve) => child.stdout.once('data', resolve));
    const end = ended(child);
    await begun;
    child.kill('SIGINT');
    expect(await end).toMatchObject({ status: null, signal: 'SIGINT' });
    const { status, text } = await shell.run('kv get n');
    expect(status === 1 || Number(text) < 400_000).toBe(true);
  });

  it.each([
    ['a line', ['exec'], '', 'SIGTERM'],
    ['a line with -o -', ['exec'], ' -o -', 'SIGINT'],
    ['a line in one transaction', ['exec', '--atomic'], '', 'SIGINT'],
    ['each line', ['exec', '--keep-going'], '\nget nope\nget large', 'SIGTERM'],
  ] as const)(
    'that is held up by the output of %s is ended at once',
    async (_, words, more, signal) => {
      const shell = await shellWithOldValue();
      await shell.succeed('head -c 1000000 /dev/zero | kv set large');
      const child = shell.start(...words);
      child.stdin.end(`set k new\nget large${more}\n`);
      await once(child.stdout, 'readable');
      const end = once(child, 'exit');
      child.kill(signal);
      expect(await end).toEqual([null, signal]);
      expect(await shell.succeed('kv get k')).toBe(words[1] === '--atomic' ? 'old' : 'new');
    },
  );

  it('whose verbs print more than anybody waits for is ended at once', async () => {
    const shell = await shellWithOldValue();
    await shell.succeed('head -c 10000000 /dev/zero | kv set large');
    const child = shell.start('exec');
    child.stdin.end(`get-many${' large'.repeat(1_000)}\n`);
    await once(child.stdout, 'data');
    const end = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await end).toEqual([null, 'SIGTERM']);
  });

  it('that is held up by what a group of its lines has printed is ended at once, and has stored all', async () => {
    const shell = await shellWithOldValue();
    await shell.succeed('head -c 100000 /dev/urandom | base64 | kv set text');
    const child = shell.start('exec');
    child.stdin.end('set k new\nget-many text text text\n');
    await once(child.stdout, 'readable');
    const end = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await end).toEqual([null, 'SIGTERM']);
    expect(await shell.succeed('kv get k')).toBe('new');
  });

  it('whose errors nobody reads is ended at once', async () => {
    const shell = await shellWithOldValue();
    const child = shell.start('exec', '--keep-going');
    child.stdin.on('error', () => {}).end('get nope\n'.repeat(100_000));
    await once(child.stderr, 'readable');
    const end = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await end).toEqual([null, 'SIGTERM']);
  });

  it.each([
    ['a pipe', 'mkfifo lines', 'kv exec < lines'],
    ['a FIFO by its name', 'mkfifo lines', 'kv exec lines'],
    ['a file that grows', 'touch lines', 'tail -f lines | kv'],
  ])('from %s that falls silent has run each line that has come', async (_, make, script) => {
    const shell = new Shell();
    await shell.succeed(make);
    const child = shell.startGroup(script);
    const end = ended(child);
    const lines = createWriteStream(join(shell.folder, 'lines'), { flags: 'a' });
    // The first bytes of all might begin what is no text, and half a line may go on.
    for (const [text, reply] of [
      ['#\n', ''],
      ['set a 1\nget a\nset b', '1'],
      [' 2\nget b\n', '2'],
      ["set c '\n", ''],
      ["3'\nget c\n", '\n3'],
    ] as const) {
      lines.write(text);
      if (reply !== '') expect(String(await once(child.stdout, 'data'))).toBe(reply);
    }
    expect(await shell.succeed('kv get-many a b c')).toBe('a\t1\nb\t2\nc\t\\n3\n');
    process.kill(-child.pid!, 'SIGINT');
    lines.end();
    expect(await end).toMatchObject({ signal: 'SIGINT', stderr: '' });
  });
});
