/** `kv run`, as its users run it: what it gives to a guest, and what comes of guests of every kind. */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { guest, guestBytes } from '../../support/guests.js';
import { patternedBytes } from '../../support/patterned-bytes.js';
import { expectRefusal } from '../../support/refusal.js';
import { ended, Shell } from '../../support/shell.js';

const [count, check, cat, loop, bad, grants, wait, bench] = [
  'count',
  'check',
  'cat',
  'loop',
  'bad',
  'grants',
  'wait',
  'bench',
].map(guest);

const newShell = () => new Shell();

describe('a guest and a person share buckets:', () => {
  test('every function does what its interface says, seen from inside', async () => {
    const shell = newShell();
    await shell.succeed('kv set outside bar');
    // stderr leads to a full device, since the guest wants to see a stream fail.
    const text = await shell.succeed(`printf in | kv run ${check} 2> /dev/full`);
    expect(text).toBe('37 functions\n');
    expect(await shell.succeed('kv incr counter')).toBe('4243\n');
    const { stdout } = await shell.run('kv get written');
    expect(stdout).toEqual(Buffer.from('wr\0\0it\0barin'));
    expect(await shell.succeed('kv get b; kv keys')).toBe('manyb\ncounter\noutside\nwritten\n');
  });

  test('a check that fails is said, with err', async () => {
    const shell = newShell();
    await shell.succeed('kv set outside other');
    const { status, text, stderr } = await shell.run(`printf in | kv run ${check}`);
    expect([status, text]).toEqual([1, '']);
    expect(stderr).toMatch(/^check\.c:\d+: not so: holds\("outside", "bar"\)\n$/);
  });

  test('the bucket default is there from the first run', async () => {
    const shell = newShell();
    expect(await shell.succeed(`kv run ${count}; kv incr runs 40; kv run ${count}`)).toBe(
      'run 1\n41\nrun 42\n',
    );
  });

  test('a value of 8 MiB is read and written as a stream', async () => {
    const shell = newShell();
    await shell.succeed(`head -c 8388608 /dev/zero | kv set large; kv run ${bench} -- read`);
    await shell.succeed(`kv run ${bench} -- write 8; kv get written | cmp - <(kv get large)`);
  });

  test('what the guest has not dropped is not left in the store', async () => {
    const shell = newShell();
    await shell.succeed(`kv run ${bench} -- write 8; kv delete written`);
    expect((await shell.info()).uploads).toBe(0);
  });
});

describe('grants:', () => {
  const all = ['set', 'set-many', 'delete-many', 'increment', 'compare-and-swap', 'delete'];

  test('a guest opens what it was granted, under the names it was granted, and nothing else', async () => {
    const shell = newShell();
    await shell.succeed('kv set key mine; kv bucket create photos; kv -b photos set key theirs');
    const text = await shell.succeed(`kv run ${grants} -b in=photos -- in photos default`);
    expect(text.split('\n')).toEqual([
      'in',
      '  open: done',
      '  key: theirs',
      ...all.map((name) => `  ${name}: done`),
      'photos',
      '  open: cannot open bucket "photos": it has not been granted',
      'default',
      '  open: cannot open bucket "default": it has not been granted',
      '',
    ]);
    expect(await shell.succeed('kv get key; kv -b photos get key')).toBe('minewritten');
  });

  test('with none given it is the current bucket', async () => {
    const shell = newShell();
    await shell.succeed('kv set key mine; kv bucket create photos; kv -b photos set key theirs');
    const text = await shell.succeed(`kv -b photos run ${grants} -- photos default`);
    expect(text).toContain('  key: theirs\n');
    expect(text).toContain('cannot open bucket "default": it has not been granted');
  });

  test.each([
    ['-b x=default:ro', 'x'],
    ['--read-only', 'default'],
  ])('of %s every write is refused, with an error and not a trap', async (words, name) => {
    const shell = newShell();
    await shell.succeed('kv set key mine; kv set many before; kv set n 1');
    const text = await shell.succeed(`kv run ${grants} ${words} -- ${name}`);
    expect(text).toContain('  key: mine\n');
    const writes = text.split('\n').slice(3, -1);
    expect(writes).toHaveLength(all.length);
    for (const line of writes) expect(line).toMatch(/: cannot .*: it was granted read-only$/);
    expect(await shell.succeed('kv get key; kv get many; kv get n')).toBe('minebefore1');
  });

  test('reading before anything was written finds an empty bucket, and makes no store', async () => {
    const shell = newShell();
    const text = await shell.succeed(`kv run ${grants} -b default:ro -- default`);
    expect(text).toContain('  key: none\n');
    expect((await shell.run('kv store info')).status).toBe(6);
  });
});

describe('streams:', () => {
  const bytes = patternedBytes(3_000_001);

  test('stdin goes to stdout, from a file and from a pipe, to a slow reader too', async () => {
    const shell = newShell();
    writeFileSync(join(shell.folder, 'in'), bytes);
    for (const script of [
      `kv run ${cat} < in > out`,
      `cat in | kv run ${cat} | cat > out`,
      `cat in | kv run ${cat} | dd bs=700 2> /dev/null > out`,
      `dd if=in bs=999 2> /dev/null | kv run ${cat} > out`,
    ]) {
      await shell.succeed(`set -o pipefail; rm -f out; ${script}`);
      expect(readFileSync(join(shell.folder, 'out')).equals(bytes), script).toBe(true);
    }
  });

  test('an empty stdin, and none, is an end', async () => {
    const shell = newShell();
    expect(
      await shell.succeed(`kv run ${cat} < /dev/null; kv run ${cat} <&-; : | kv run ${cat}`),
    ).toBe('');
  });

  test('memory stays flat while a stream flows', async () => {
    const shell = newShell();
    const child = shell.startGroup(`head -c 400M /dev/zero | exec kv run ${cat} | exec wc -c`);
    let peak = 0;
    const sampler = setInterval(() => {
      for (const pid of childrenOf(child.pid!)) peak = Math.max(peak, anonymousMemory(pid));
    }, 10);
    const { text } = await ended(child);
    clearInterval(sampler);
    expect(text).toBe(`${400 * 2 ** 20}\n`);
    expect(peak).toBeGreaterThan(10);
    expect(peak).toBeLessThan(200);
  });

  test('a reader that goes away ends the guest, with 141 and nothing said', async () => {
    const shell = newShell();
    const script = `yes | kv run ${cat} | head -n 1; echo \${PIPESTATUS[1]}`;
    const { text, stderr } = await shell.run(script);
    expect(text).toBe('y\n141\n');
    expect(stderr).toBe('');
  });

  test('a full device is a failure that the guest sees, and not one of kv', async () => {
    const { status, stderr } = await newShell().run(`echo word | kv run ${cat} > /dev/full`);
    expect(stderr).toBe('a stream failed\n');
    expect(status).toBe(1);
  });

  test('what a guest has handed on when it ends arrives, however late it is read', async () => {
    const child = newShell().start('run', bad!, '--', 'hand');
    child.stdout.pause();
    const [handed] = (await once(child.stderr, 'data')) as [Buffer];
    const end = ended(child);
    child.stdout.resume();
    const { status, stdout } = await end;
    expect([status, stdout.length]).toEqual([0, Number(handed)]);
    expect(stdout.length).toBeGreaterThan(64 * 1024);
  });

  test('a guest that does not read its stdin ends all the same', async () => {
    const shell = newShell();
    expect(await shell.succeed(`yes | head -c 1000000 | kv run ${count}`)).toBe('run 1\n');
    // Here stdin stays open.
    const { status, text } = await ended(shell.start('run', count!));
    expect([status, text]).toEqual([0, 'run 2\n']);
  });

  test('a guest waits for its stdin and for a clock at once', async () => {
    const child = newShell().start('run', wait!);
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    expect(said.toString()).toBe('clock\n');
    child.stdin.write('bytes');
    const { status, text } = await ended(child);
    expect([status, text]).toEqual([0, 'read 5\n']);
  });
});

describe('exit status:', () => {
  test.each([
    ['ok', `${count}`, 0],
    ['err', `${bad} -- err`, 1],
    ['exit with an error', `${bad} -- x`, 1],
    ['exit with a code', `${bad} -- 7`, 7],
  ])('%s', async (_, words, expected) => {
    const { status, stderr } = await newShell().run(`kv run ${words}`);
    expect([status, stderr]).toEqual([expected, '']);
  });

  test('what a guest said before it went to exit arrives', async () => {
    expect((await newShell().run(`kv run ${bad} -- 7`)).text).toBe('seven\n');
  });

  test.each([
    ['unreachable code', 'u', '`unreachable` instruction executed'],
    ['a division by zero', 'd', 'integer divide by zero'],
    ['memory out of bounds', 'm', 'out of bounds memory access'],
    ['a stack without end', 's', 'out of bounds memory access'],
    ['a write beyond the permit', 'p', 'write of 4 bytes where check-write permitted 0'],
    ['a poll of nothing', 'q', 'poll of an empty list would never return'],
  ])('a trap, by its name, and 71: %s', async (_, word, name) => {
    expectRefusal(await newShell().run(`kv run ${bad} -- ${word}`), {
      status: 71,
      message: `cannot run "${bad}": it trapped: ${name}`,
    });
  });

  test('memory without end is bounded by --max-memory', async () => {
    const shell = newShell();
    expectRefusal(await shell.run(`kv run ${bad} --max-memory 64M -- a`), {
      status: 71,
      message: `cannot run "${bad}": it trapped: \`unreachable\` instruction executed`,
    });
    expectRefusal(await shell.run(`kv run ${bad} --max-memory 64K -- e`), {
      status: 71,
      message: `cannot run "${bad}": it trapped: it needs more memory than it may have`,
    });
    expect((await shell.run(`kv run ${bad} --max-memory 64M -- e`)).status).toBe(1);
  });

  test.each([
    ['computes', 'looping'],
    ['waits for stdin', 'read'],
    ['sleeps', 'sleep'],
    ['writes to the store', 'increment'],
    ['writes to a reader that reads nothing', 'write'],
  ])('a guest that %s for ever is stopped by --timeout, with 5', async (_, word) => {
    const shell = newShell();
    const child = shell.start('run', loop!, '--timeout', '400ms', '--', word);
    let stderr = '';
    child.stderr.on('data', (bytes: Buffer) => {
      stderr += bytes;
    });
    const closed = once(child, 'close');
    const [status] = await once(child, 'exit');
    // Only now is what it wrote read.
    child.stdout.resume();
    await closed;
    expect(stderr).toBe(`kv: cannot run "${loop}": it was stopped after 400 ms\n`);
    expect(status).toBe(5);
    // The store goes on, whatever it was stopped in.
    expect((await shell.run('kv incr after')).text).toBe('1\n');
  });

  test('a guest that ends in time knows nothing of --timeout', async () => {
    expect(await newShell().succeed(`kv run ${count} --timeout 1m`)).toBe('run 1\n');
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends a guest that goes on', async (signal) => {
    const child = newShell().start('run', loop!);
    await once(child.stdout, 'data');
    child.kill(signal);
    expect((await ended(child)).signal).toBe(signal);
  });

  test.each([
    ['text', Buffer.from('hello\n'), 'it is not WebAssembly'],
    ['a core module', Buffer.from('\0asm\x01\0\0\0'), /: it is a core module, not a component$/],
    ['a part of one', guestBytes('count').subarray(0, 3000), 'it is damaged, or cut off'],
    ['one that runs nothing', guestBytes('relay'), /it imports test:guests\/ends/],
  ])('%s is no component to run: 4', async (_, bytes, why) => {
    const shell = newShell();
    writeFileSync(join(shell.folder, 'x.wasm'), bytes);
    const message = typeof why === 'string' ? `cannot run "x.wasm": ${why}` : why;
    expectRefusal(await shell.run('kv run x.wasm'), { status: 4, message, hint: 'perhaps' });
  });

  test('what is damaged within is refused in one line: 4', async () => {
    const shell = newShell();
    const bytes = guestBytes('count');
    // The first instruction of some function becomes none that there is.
    bytes.fill(0xff, 700, 720);
    writeFileSync(join(shell.folder, 'x.wasm'), bytes);
    expectRefusal(await shell.run('kv run x.wasm'), {
      status: 4,
      message: /^cannot run "x.wasm": ./,
    });
  });

  test('a file that is not there: 6', async () => {
    expectRefusal(await newShell().run('kv run none.wasm'), {
      status: 6,
      message: 'cannot run "none.wasm": no such file or directory',
    });
  });

  test('an import that is not offered is named before anything is run: 4', async () => {
    expectRefusal(await newShell().run(`kv run ${guest('unknown')}`), {
      status: 4,
      message: `cannot run "${guest('unknown')}": it imports test:guests/ends, which kv does not offer`,
    });
  });
});

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** MiB of a process. */
function anonymousMemory(pid: number): number {
  try {
    const [, kib] = /^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return Number(kib ?? 0) / 1024;
  } catch {
    return 0;
  }
}
