import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { type Kv, kvInMemory, kvOnDisk } from '../support/run-command.js';
import { Shell } from '../support/shell.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const lines = (...all: string[]) => `${all.join('\n')}\n`;

const keys = async (kv: Kv) => (await kv('keys')).text;

describe.each([
  ['in memory', async () => kvInMemory()],
  ['on the disk', kvOnDisk],
])('exec %s', (_, open) => {
  it('runs each line, and prints what it prints, in order', async () => {
    const kv = await open();
    const script = lines(
      'set a 1 # a comment',
      '',
      '# another',
      'incr a 41',
      `set 'b c' "two words"`,
      'get a',
      'exists nope',
      '-q get-many a "b c"',
      'bucket create other',
      '-b other set a elsewhere',
      'get a',
    );
    const { outcome, text } = await kv('exec', { stdin: script });
    expect(outcome).toBe(0);
    expect(text).toBe('42\n42false\na\t42\nb c\ttwo words\n42');
    expect((await kv('-b other get a')).text).toBe('elsewhere');
  });

  it('takes off a byte order mark', async () => {
    const kv = await open();
    expect((await kv('exec', { stdin: '\ufeffset a 1\nget a\n' })).text).toBe('1');
  });

  it.each([
    ['UTF-16', Buffer.from('\ufeffset a 1\n', 'utf16le'), 'iconv -f UTF-16 -t UTF-8'],
    ['UTF-16', Buffer.from('set a 1\n', 'utf16le'), 'iconv -f UTF-16LE -t UTF-8'],
    ['compressed with gzip', gzipSync('set a 1\n'), 'zcat'],
    ['compressed with zstd', Buffer.from('28b52ffd2408', 'hex'), 'zstdcat'],
  ])('refuses what is %s, and says what makes a script of it', async (kind, stdin, filter) => {
    const kv = await open();
    const { error } = await kv('exec', { stdin });
    expect(error?.code).toBe('rejected');
    expect(error?.message).toBe(`cannot read the script: it is ${kind}, not UTF-8`);
    expect(error?.hint).toBe(`try: … | ${filter} | kv exec`);
    expect(await keys(kv)).toBe('');
  });

  it.each(['a\0b', 'a\0b\n', '\0ab\n', 'a\0b\0c'])(
    'calls a NUL in a script what it is, where it does not tell UTF-16: %j',
    async (stdin) => {
      const { error } = await (await open())('exec', { stdin });
      if (stdin.endsWith('c')) expect(error?.hint).toContain('UTF-16LE');
      else expect(error?.message).toBe(`stdin:1: unknown verb "${stdin.trimEnd()}"`);
    },
  );

  it('has a quote span lines, and counts them', async () => {
    const kv = await open();
    const script = lines(`set a 'one`, `two'`, 'set b \\', 'three', 'nope');
    const { error } = await kv('exec', { stdin: script });
    expect(error?.message).toMatch(/^stdin:5: unknown verb "nope"/);
    expect((await kv('get a')).text).toBe('one\ntwo');
    expect((await kv('get b')).text).toBe('three');
  });

  it.each([
    ['get nope', 1, 'absent', /stdin:3: cannot get "nope": there is no such key$/],
    ['set a x --if-absent', 3, 'condition-failed', /^stdin:3: cannot set "a"/],
    ['cas a 2 3', 3, 'condition-failed', /^stdin:3: the condition does not hold$/],
    ['incr text', 4, 'not-a-counter', /^stdin:3: cannot increment "text"/],
    ['-b nope get a', 6, 'no-bucket', /^stdin:3: cannot open bucket "nope"/],
    ['get', 2, 'usage', /^stdin:3: missing argument KEY$/],
    ['nosuch', 2, 'usage', /^stdin:3: unknown verb "nosuch"/],
    ['get a | cat', 2, 'usage', /^stdin:3: .*"\|" outside of quotes/],
    ['exec other', 2, 'usage', /^stdin:3: "exec" cannot be part of a script$/],
    ['-s elsewhere get a', 2, 'usage', /^stdin:3: a script works on one store/],
    ['get a 2>&1', 2, 'usage', /^stdin:3: .*">&" outside of quotes/],
    ['get a && get b', 2, 'usage', /^stdin:3: .*"&&" outside of quotes/],
    ['set z {"a":1}', 2, 'usage', /^stdin:3: .*quotes within JSON would be lost$/],
    ['set z {"a', 2, 'usage', /^stdin:3: .*quotes within JSON would be lost$/],
    ["get 'a", 2, 'usage', /^stdin:3: a quote is not closed/],
    ['get \xff', 2, 'usage', /^stdin:3: .*it is not UTF-8$/],
  ])('%s ends it with %i, what came before stays, the rest does not run', async (...row) => {
    const [line, status, code, message] = row;
    const kv = await open();
    const stdin = Buffer.from(lines('set a 1', 'set text x', line, 'set z 1'), 'latin1');
    const { outcome, error, text } = await kv('exec', { stdin });
    expect([outcome, error?.code]).toEqual([status, code]);
    expect(error?.message).toMatch(message);
    expect(text).toBe(line.startsWith('cas') ? 'false\n' : '');
    expect(await keys(kv)).toBe('a\ntext\n');
  });

  it('goes on with --keep-going, and ends with the status of the first error', async () => {
    const kv = await open();
    const script = lines('set a 1', 'incr nope x', 'get nope', 'incr a', 'set b 1');
    const { outcome, text, stderr } = await kv('exec --keep-going', { stdin: script });
    expect(outcome).toBe(2);
    expect(text).toBe('2\n');
    expect(stderr).toMatch(/^kv: stdin:2: .*\n(usage: .*\n)?kv: stdin:3: cannot get "nope": .*\n$/);
    expect(await keys(kv)).toBe('a\nb\n');
  });

  it('undoes everything with --atomic', async () => {
    const kv = await open();
    await kv('set a 1');
    const script = lines('set b 2', 'incr a', 'delete a', 'bucket create other', 'get nope');
    expect((await kv('exec --atomic', { stdin: script })).error?.code).toBe('absent');
    expect(await keys(kv)).toBe('a\n');
    expect((await kv('get a')).text).toBe('1');
    expect((await kv('bucket list')).text).toBe('default\n');
    const good = script.replace('get nope', 'get b');
    expect((await kv('exec --atomic', { stdin: good })).text).toBe('2\n2');
    expect(await keys(kv)).toBe('b\n');
    expect((await kv('bucket list')).text).toBe('default\nother\n');
  });

  it('imports within --atomic, or not at all', async () => {
    const kv = await open();
    const file = join(temporaryFolder(), 'records.ndjson');
    writeFileSync(file, lines('{"key":"r","value":"1"}', '{"key":"s","value":"2"}'));
    for (const mode of ['upsert', 'replace']) {
      const script = lines(`-q import ${file} --mode ${mode}`, 'get nope');
      expect((await kv('exec --atomic', { stdin: script })).error?.code).toBe('absent');
      expect(await keys(kv)).toBe('');
    }
    expect((await kv('exec --atomic', { stdin: lines(`-q import ${file}`) })).outcome).toBe(0);
    expect(await keys(kv)).toBe('r\ns\n');
  });

  it('takes nothing of an import for committed with --atomic', async () => {
    const kv = await open();
    const file = join(temporaryFolder(), 'records.ndjson');
    writeFileSync(file, lines('{"key":"r","value":"1"}', '{"key":"s"}'));
    const { error } = await kv('exec --atomic', { stdin: lines(`import ${file}`) });
    expect(error?.result).not.toMatch(/committed/);
    expect(await keys(kv)).toBe('');
  });

  it('reads a file, and leaves stdin to its verbs', async () => {
    const kv = await open();
    const file = join(temporaryFolder(), 'script');
    writeFileSync(file, lines('set a -', 'get b'));
    const { error } = await kv(['exec', file], { stdin: 'from stdin' });
    expect(error?.message).toBe(`${file}:2: cannot get "b": there is no such key`);
    expect((await kv('get a')).text).toBe('from stdin');
  });

  it('has nothing of its stdin read by a verb', async () => {
    const kv = await open();
    const { error } = await kv('exec', { stdin: lines('set a', 'set b 1') });
    expect(error?.message).toMatch(/^stdin:1: missing VALUE/);
    expect(await keys(kv)).toBe('');
  });

  it('says once what each line did, also where a line fails', async () => {
    const kv = await open();
    const { stderr } = await kv('exec', {
      stdin: lines('set a 1', 'set b 2', 'get nope'),
      stderrIsTerminal: true,
    });
    expect(stderr).toBe('set "a": 1 B\nset "b": 1 B\n');
  });

  it('says nothing of a line with -q', async () => {
    const kv = await open();
    const { stderr, remarks } = await kv('exec', {
      stdin: lines('-q set a 1', 'set b 2', '-q bucket copy default other'),
      stderrIsTerminal: true,
    });
    expect([stderr, remarks]).toEqual(['set "b": 1 B\n', []]);
  });

  it('runs the lines around one that fails in groups still', async () => {
    const kv = await open();
    const { transactions } = kv.keyvalue;
    const group = vi.spyOn(transactions, 'group');
    const writersDone = vi.spyOn(transactions, 'writersDone');
    const sets = (name: string) => Array.from({ length: 500 }, (_, at) => `incr ${name} ${at}`);
    const script = lines(...sets('a'), 'take none', ...sets('b'), 'take none', ...sets('c'));
    const { outcome, text } = await kv('exec --keep-going', { stdin: script });
    expect([outcome, text.trimEnd().split('\n').length]).toEqual([1, 1500]);
    const sum = String((500 * 499) / 2);
    expect((await kv('get-many a b c')).text).toBe(`a\t${sum}\nb\t${sum}\nc\t${sum}\n`);
    // Of the whole, of what comes before each line that fails, and of what comes after it.
    expect(group).toHaveBeenCalledTimes(5);
    // Each line by itself waits for others who write.
    expect(writersDone).toHaveBeenCalledTimes(2);
  });

  it('prints values beyond what it holds back', async () => {
    const kv = await open();
    await kv('set big', { stdin: 'x'.repeat(3_000_000) });
    const { text } = await kv('exec', { stdin: lines('incr n', 'get big', 'get n') });
    expect(text).toBe(`1\n${'x'.repeat(3_000_000)}1`);
  });

  it('takes thousands of lines, the last one without its end', async () => {
    const kv = await open();
    const many = Array.from({ length: 7000 }, (_, index) => `incr n ${index}`);
    const { text } = await kv('exec', { stdin: many.join('\n') });
    expect(text.trimEnd().split('\n')).toHaveLength(7000);
    expect((await kv('get n')).text).toBe(String((7000 * 6999) / 2));
  });

  it('is refused with both --atomic and --keep-going, and on a terminal without a file', async () => {
    const kv = await open();
    expect((await kv('exec --atomic --keep-going', { stdin: '' })).error?.code).toBe('usage');
    const onTerminal = await kv('exec', { stdinKind: 'terminal' });
    expect(onTerminal.error?.message).toMatch(/^missing FILE/);
  });

  it('joins lines that end with a backslash, between words and within one', async () => {
    const kv = await open();
    await kv('exec', { stdin: 'set \\\n  a\\\r\nb \\\n "1 \\\n2"\nset c 3' });
    expect((await kv('export')).text).toBe('{"key":"ab","value":"1 2"}\n{"key":"c","value":"3"}\n');
  });

  it('lets a defect through, and runs nothing again', async () => {
    const kv = await open();
    let calls = 0;
    const get = () => {
      calls++;
      throw new TypeError('broken');
    };
    Object.assign(kv.keyvalue, { eventual: { ...kv.keyvalue.eventual, get } });
    for (const words of ['exec', 'exec --keep-going', 'exec --atomic']) {
      calls = 0;
      const ran = kv(words, { stdin: lines('set a 1', 'get a', 'set b 1') });
      await expect(ran).rejects.toThrow(/^stdin:2: a defect of kv's own: broken$/);
      expect(calls).toBe(1);
      expect(await keys(kv)).toBe('');
    }
    // By itself, where the script would go on after an error.
    calls = 0;
    const alone = kv('exec --keep-going', { stdin: lines('get a', 'exec') });
    await expect(alone).rejects.toThrow(/^stdin:1: a defect of kv's own: broken$/);
    expect(calls).toBe(1);
  });
});

/** Where time grew with the square of it, this many lines would take an hour. */
const MANY = 200_000;

describe('a line of a script over very many lines is read once', () => {
  it.each([
    ['joined by backslashes', `set a b${'\\\n'.repeat(MANY)}c`, 'bc'],
    ['joined by backslashes between words', `set ${'\\\n '.repeat(MANY)}a bc`, 'bc'],
    [
      'in single quotes that each line opens anew',
      `set a ''${"'\n'".repeat(MANY)}`,
      '\n'.repeat(MANY),
    ],
    ['in double quotes with escaped ones', `set a "${'\\"\n'.repeat(MANY)}"`, '"\n'.repeat(MANY)],
    ['in double quotes, joined', `set a "b${'\\\n'.repeat(MANY)}c"`, 'bc'],
    ["in $'…'", `set a $'${"\\'\n".repeat(MANY)}'`, "'\n".repeat(MANY)],
  ])('%s', async (_, line, value) => {
    const kv = kvInMemory();
    expect((await kv('exec', { stdin: `${line}\nset z 1\n` })).outcome).toBe(0);
    expect((await kv('get a')).text).toBe(value);
    expect((await kv('get z')).text).toBe('1');
  });
});

it.each(['get nope', 'cas n 1 2', 'set a 1 --if-present'])(
  'with -q a script says nothing of what its status says: %s',
  async (line) => {
    const shell = new Shell();
    const loud = await shell.run('kv exec', { stdin: `${line}\n` });
    for (const options of ['', '--keep-going ', '--atomic ']) {
      const { status, stderr } = await shell.run(`kv -q exec ${options}`, { stdin: `${line}\n` });
      expect([status, stderr]).toEqual([loud.status, '']);
    }
    const { stderr } = await shell.run('kv -q exec', { stdin: 'incr\n' });
    expect(stderr).toMatch(/^kv: stdin:1: /);
  },
);

it.each(['set a -', 'set a -f -', 'set a -f /dev/stdin', 'import -', 'import -n /dev/stdin'])(
  'a line does not take the script that comes through stdin for its own input: %s',
  async (line) => {
    const shell = new Shell();
    await shell.succeed('kv set a kept');
    const refused = await shell.run('kv exec', { stdin: `${line}\nset b 1\n` });
    expect([refused.status, refused.stderr.split('\n')[0]]).toEqual([
      2,
      'kv: stdin:1: cannot read stdin: the script comes from there',
    ]);
    expect(await shell.succeed('kv export')).toBe('{"key":"a","value":"kept"}\n');
  },
);

it('a line of a script in a file may read stdin', async () => {
  const shell = new Shell();
  await shell.succeed(`echo 'set a -' > script`);
  await shell.succeed('kv exec script', { stdin: 'given' });
  expect(await shell.succeed('kv get a')).toBe('given');
});
