/** Imports that end in the middle: what they say is committed is, and going on from there is exact. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LockFile } from '../../../src/store/lmdb/lock-file.js';
import { isFull } from '../../support/length.js';
import { randomNumbers } from '../../support/random.js';
import { ended, Shell, until } from '../../support/shell.js';

const hasScript = ['script', 'pkill'].every((name) => spawnSync(name, ['-V']).status === 0);
const hasLimit = spawnSync('prlimit', ['--version']).status === 0;

/** As ndjson: keys in an order that no tree likes, each once. */
function records(count: number): string {
  const lines = Array.from({ length: count }, (_, index) => {
    const number = (index * 7919) % count;
    return `{"key":"user:${String(number).padStart(8, '0')}","value":"value ${number}"}\n`;
  });
  return lines.join('');
}

const sorted = (text: string) => text.trimEnd().split('\n').sort().join('\n');

/** What the last "through line N" in a text says. */
function lastLine(text: string): number {
  return Number([...text.matchAll(/through line (\d+)/g)].at(-1)?.[1] ?? 0);
}

/**
 * Imports a text through a pipe, on a terminal, since only there is it told how far it has come; and
 * kills the import when so much of the text is on its way. Returns the last line that was told.
 */
async function importAndKill(
  shell: Shell,
  text: string,
  skip: number,
  share: number,
): Promise<{ told: number; wasKilled: boolean }> {
  const pipe = join(shell.folder, `pipe-${randomUUID()}`);
  execFileSync('mkfifo', [pipe]);
  const command = `exec kv import - --skip ${skip} < ${pipe}`;
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    cwd: shell.folder,
    env: { ...shell.env, TERM: 'xterm' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const closed = once(child, 'close');
  let screen = '';
  child.stdout.on('data', (bytes: Buffer) => {
    screen += bytes;
  });
  const writer = await open(pipe, 'w');
  const bytes = Buffer.from(text);
  const end = Math.floor(share * bytes.length);
  try {
    // At the pace of a slow producer, or all would be over before anything is told.
    for (let at = 0; at < end; at += PIECE_BYTES) {
      await writer.write(bytes, at, Math.min(PIECE_BYTES, end - at));
      await setTimeout(PIECE_MILLISECONDS);
    }
    execFileSync('pkill', ['-KILL', '-P', String(child.pid)]);
  } finally {
    await writer.close();
  }
  const [status] = await closed;
  return { told: lastLine(screen), wasKilled: status === 128 + 9 };
}

/** The number of a signal that Node leaves alone until somebody listens. */
const SIGHUP = 1;

/** Whether a process has a handler for a signal. */
function catches(pid: number, signal: number): boolean {
  const caught = /^SigCgt:\s*(\w+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]!;
  return (BigInt(`0x${caught}`) & (1n << BigInt(signal - 1))) !== 0n;
}

const PIECE_BYTES = 128 * 1024;
const PIECE_MILLISECONDS = 20;

describe('an import', () => {
  const count = isFull ? 600_000 : 150_000;
  const rounds = isFull ? 40 : 4;

  it.skipIf(!hasScript)(
    `that is killed ${rounds} times goes on from the last line that was told, and loses nothing`,
    async () => {
      const shell = new Shell();
      const file = join(shell.folder, 'records.ndjson');
      const text = records(count);
      writeFileSync(file, text);
      const random = randomNumbers();
      let skip = 0;
      let hits = 0;
      for (let round = 0; round < rounds; round++) {
        const { told, wasKilled } = await importAndKill(shell, text, skip, random());
        if (wasKilled) hits++;
        skip = Math.max(skip, told);
        const there = (await shell.run('kv keys --count')).text || '0';
        expect(Number(there)).toBeGreaterThanOrEqual(skip);
      }
      expect(hits).toBeGreaterThan(0);
      await shell.succeed(`kv import ${file} --skip ${skip}`);
      expect(sorted(await shell.succeed('kv export'))).toBe(sorted(text));
    },
  );

  it('that Ctrl-C stops says where to go on, and that is exact', async () => {
    const shell = new Shell();
    const text = records(count);
    const file = join(shell.folder, 'records.ndjson');
    writeFileSync(file, text);
    const child = shell.start('import', file);
    const end = ended(child);
    await until(async () => {
      const { status, text } = await shell.run('kv keys --count');
      return status === 0 && Number(text) > 0;
    });
    child.kill('SIGINT');
    const { signal, status, stderr } = await end;
    if (signal === null) expect(status).toBe(0);
    else expect(stderr).toMatch(/^committed through line \d+; resume with --skip \d+\n$/);
    const skip = Number(/--skip (\d+)/.exec(stderr)?.[1] ?? count);
    expect(await shell.succeed('kv keys --count')).toBe(`${skip}\n`);
    await shell.succeed(`kv import ${file} --skip ${skip} --mode insert`);
    expect(sorted(await shell.succeed('kv export'))).toBe(sorted(text));
  });

  it.each([
    ['ndjson', '{"key":"a","value":"1"}\n', 'line 1'],
    ['json', '[{"key":"a","value":"1"},', 'record 1'],
    ['csv', 'key,value\na,1\n', 'line 2'],
    ['tsv', 'key\tvalue\na\t1\n', 'line 2'],
    ['mdb', 'VERSION=3\nformat=print\nHEADER=END\n a\n 1\n', 'line 5'],
  ])('of %s that falls silent has stored what has come', async (format, begun, through) => {
    const shell = new Shell();
    const child = shell.start('import', '--format', format);
    const end = ended(child);
    child.stdin.write(begun);
    await until(async () => (await shell.run('kv get a')).status === 0);
    // It is ended by Ctrl-C at once.
    child.kill('SIGINT');
    const { signal, stderr } = await end;
    const skip = through.split(' ')[1];
    expect([signal, stderr]).toEqual([
      'SIGINT',
      `committed through ${through}; resume with --skip ${skip}\n`,
    ]);
  });

  it.each([
    ['', 'nothing was stored'],
    ['--mode replace', 'nothing was changed'],
  ])(
    '%s that waits for another writer is ended by a signal, with the same words',
    async (option, words) => {
      const shell = new Shell();
      await shell.succeed('kv set k v');
      const child = shell.start('import', ...option.split(' ').filter(Boolean), '--rejects', 'bad');
      // The system says which signals a process catches: from then on it can undo what it began.
      await until(() => catches(child.pid!, SIGHUP));
      const holder = shell.start('exec', '--atomic');
      holder.stdin.write('set held 1\nget held\n');
      await once(holder.stdout, 'data');
      child.stdin.write('{"key":"a","value":"1"}\n');
      child.kill('SIGTERM');
      const { signal, stderr } = await ended(child);
      expect([signal, stderr]).toEqual(['SIGTERM', `${words}\n`]);
      holder.stdin.end();
      await ended(holder);
      expect(shell.files().filter((name) => name !== 'bad')).toEqual([]);
    },
  );

  it.each([
    ['', 'nothing was stored'],
    ['--atomic', 'nothing was changed'],
    ['--mode replace', 'nothing was changed'],
  ])('%s says what a signal left, whenever it comes', async (option, words) => {
    const shell = new Shell();
    await shell.succeed('kv set k v');
    const text = records(200_000);
    writeFileSync(join(shell.folder, 'records.ndjson'), text);
    const lock = new LockFile(join(shell.store, 'lock.mdb'));
    const child = shell.start('import', 'records.ndjson', ...option.split(' ').filter(Boolean));
    const end = ended(child);
    // Its first group is being written, or its transaction has begun; opening the store is behind it.
    await until(() => catches(child.pid!, SIGHUP) && lock.writer() !== 0);
    lock.close();
    child.kill('SIGTERM');
    const { signal, stderr } = await end;
    expect([signal, stderr]).toEqual(['SIGTERM', `${words}\n`]);
    expect(await shell.succeed('kv keys')).toBe('k\n');
  });

  it.skipIf(!hasLimit)('that the disk has no room for says where to go on', async () => {
    const shell = new Shell();
    const text = records(400_000);
    writeFileSync(join(shell.folder, 'records.ndjson'), text);
    await shell.succeed('kv bucket create default');
    const limited = 'prlimit --fsize=32000000 kv import records.ndjson';
    const { status, stderr } = await shell.run(limited);
    expect(status).toBe(6);
    expect(stderr).toMatch(
      /^kv: cannot write to store .*: the file would pass the limit on file sizes\ncommitted through line \d+; resume with --skip \d+\n$/,
    );
    const skip = /--skip (\d+)/.exec(stderr)![1]!;
    expect(Number(skip)).toBeGreaterThan(0);
    expect(await shell.succeed('kv keys --count')).toBe(`${skip}\n`);
    await shell.succeed(`kv import records.ndjson --mode insert --skip ${skip}`);
    expect(sorted(await shell.succeed('kv export'))).toBe(sorted(text));
  });
});
