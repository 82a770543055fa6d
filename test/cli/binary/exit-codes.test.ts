/** Every exit code of the contract, and what is said with it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectRefusal } from '../../support/refusal.js';
import { Shell } from '../../support/shell.js';

async function shellWith(...pairs: string[]): Promise<Shell> {
  const shell = new Shell();
  await shell.succeed(`kv set-many ${pairs.join(' ')}`);
  return shell;
}

describe('0', () => {
  it('is done, and silent in a pipe', async () => {
    const shell = new Shell();
    expect(await shell.run('kv set k v')).toMatchObject({ status: 0, text: '', stderr: '' });
    expect(await shell.run('kv delete k')).toMatchObject({ status: 0, text: '', stderr: '' });
    expect(await shell.run('kv exists k || true')).toMatchObject({ text: 'false\n', stderr: '' });
  });

  it('is the version, and help', async () => {
    const shell = new Shell();
    expect(await shell.succeed('kv --version')).toMatch(/^kv \d+\.\d+\.\d+\n$/);
    expect(await shell.succeed('kv get --help')).toBe(await shell.succeed('kv help get'));
  });

  it('is reading where nothing has been written, which makes no store', async () => {
    const shell = new Shell();
    expect(await shell.succeed('kv keys; kv keys --count; kv bucket list')).toBe('0\n');
    expect(await shell.succeed(`test -e ~/.local/share/kv || echo none`)).toBe('none\n');
  });
});

describe('1', () => {
  it('is an absent key: one line, and nothing on stdout', async () => {
    const shell = await shellWith('other=1');
    for (const verb of ['get', 'stat', 'get']) {
      const message = `cannot ${verb} "k": there is no such key`;
      expectRefusal(await shell.run(`kv ${verb} k`), { status: 1, message });
    }
    expectRefusal(await shell.run('kv copy k to'), { status: 1, message: /^cannot copy "k"/ });
  });

  it('is no, without a word on stderr', async () => {
    const shell = await shellWith('other=1');
    expect(await shell.run('kv exists k')).toMatchObject({
      status: 1,
      text: 'false\n',
      stderr: '',
    });
    expect(await shell.run('kv -q exists k')).toMatchObject({ status: 1, text: '', stderr: '' });
    expect(await shell.succeed('kv -q exists k || echo absent')).toBe('absent\n');
  });
});

describe('2', () => {
  it.each([
    ['kv nosuch', 'unknown verb "nosuch"', /^usage: kv \[OPTION\.\.\.\] VERB/],
    ['kv get', 'missing argument KEY', /^usage: kv get KEY/],
    ['kv get a b', 'too many arguments: "b" is not expected', /^usage: kv get KEY/],
    ['kv get k --nosuch', /^unknown option "--nosuch"/, /^usage: kv get KEY/],
    ['kv get k --offset x', /^invalid --offset "x"/, /^usage: kv get KEY/],
    ['kv get k --format x', /^invalid --format "x"/, /^usage: kv get KEY/],
    ['kv bucket', /^missing verb after "bucket"/, /^usage: kv bucket VERB/],
    [
      'kv incr k -5',
      /^DELTA "-5" is negative: decr takes from a counter$/,
      /^usage: kv incr KEY \[DELTA\]/,
    ],
    ['kv cas k 1 x', /^"x" is not a whole number/, /^usage: kv cas KEY OLD NEW/],
    ['kv delete', 'either KEYs or --prefix', /^usage: kv delete/],
    ['kv keys -l --count', /^only one of/, /^usage: kv keys/],
    ['kv set-many word', '"word" is not KEY=VALUE', /^usage: kv set-many KEY=VALUE/],
    ['kv set k < /dev/null', /^missing VALUE/, /^try: kv set KEY VALUE/],
    ['kv --color=blue keys', /^invalid --color "blue"/, /^usage: kv keys/],
    ['kv completion tcsh', /^no completion for "tcsh"/, /^usage: kv completion SHELL/],
  ])('is usage: %s', async (script, message, hint) => {
    expectRefusal(await new Shell().run(script), { status: 2, message, hint });
  });

  it.each(['kv < /dev/null', 'kv <&-', 'kv -q -b b < /dev/null'])(
    'is a bare kv with nothing to read, which shows help on stderr: %s',
    async (script) => {
      const { status, text, stderr } = await new Shell().run(script);
      expect([status, text]).toEqual([2, '']);
      expect(stderr).toMatch(/^kv \d.*\n\nUsage: kv /);
    },
  );

  it('is what could not be confirmed', async () => {
    const shell = await shellWith('a=1', 'b=2');
    expectRefusal(await shell.run('kv delete --prefix ""'), {
      status: 2,
      message: /^cannot delete 2 keys .*: nobody can be asked$/,
      hint: '--yes',
    });
    expectRefusal(await shell.run('kv bucket delete default'), {
      status: 2,
      message: /^cannot delete bucket "default": it holds 2 keys, and nobody can be asked$/,
      hint: '--confirm=NAME',
    });
    expect(await shell.succeed('kv keys --count')).toBe('2\n');
  });
});

describe('3', () => {
  it('is a condition that is not met', async () => {
    const shell = await shellWith('k=1');
    const lost = await shell.run('kv cas k 2 3');
    expect([lost.status, lost.text, lost.stderr]).toEqual([3, 'false\n', '']);
    for (const [script, message] of [
      ['kv set k v --if-absent', 'cannot set "k": the key is there already'],
      ['kv set other v --if-present', 'cannot set "other": there is no such key'],
      ['kv set k v --if-version 999', /^cannot set "k": its version is \d+, not 999$/],
      ['kv rename k k --if-absent', 'cannot rename "k" to "k": the key is there already'],
      ['kv bucket create default', /^cannot create bucket "default": /],
    ] as const) {
      expectRefusal(await shell.run(script), { status: 3, message });
    }
    expect(await shell.succeed('kv get k')).toBe('1');
  });
});

describe('4', () => {
  it.each([
    ['kv incr text', 'cannot increment "text": its value is not a counter'],
    ['kv incr largest', /^cannot increment "largest": 18446744073709551616 is not between/],
    ['kv set "" v', 'cannot use an empty key: a key has at least 1 byte'],
    ['kv get ""', 'cannot use an empty key: a key has at least 1 byte'],
    ['kv set "$(printf %01979d 0)" v', 'cannot use a key of 1979 bytes: the limit is 1978 bytes'],
    ['kv get "$(printf %01979d 0)"', 'cannot use a key of 1979 bytes: the limit is 1978 bytes'],
    ['kv bucket create ""', /^cannot use an empty name for a bucket/],
    [`kv bucket create $'a\\nb'`, /control character/],
  ])('is bad data: %s', async (script, message) => {
    const shell = await shellWith('text=x', 'largest=18446744073709551615');
    expectRefusal(await shell.run(script), { status: 4, message });
    expect(await shell.succeed('kv get-many text largest')).toBe(
      'text\tx\nlargest\t18446744073709551615\n',
    );
  });

  it('is not a key of 1978 bytes', async () => {
    const shell = new Shell();
    await shell.succeed('kv set "$(printf %01978d 7)" v');
    expect(await shell.succeed('kv keys')).toBe(`${'0'.repeat(1977)}7\n`);
  });
});

describe('5', () => {
  it('is busy: no descriptor is left to open the store with', async () => {
    const shell = await shellWith('k=v');
    // How many the program itself needs is between the first limit and the last.
    const { text, stderr } = await shell.run(`ulimit -c 0
      for limit in $(seq 16 40); do
        said=$(ulimit -n "$limit"; exec 2>&1; kv get k); status=$?
        if [ $status = 5 ]; then echo "$said"; echo "$limit"; exit; fi
      done`);
    const [message, hint, limit] = text.split('\n');
    expect(message).toBe(
      `kv: cannot open store "${shell.store}": too many open files: the limit is ${limit}`,
    );
    expect(hint).toMatch(/^try: ulimit -n \d+$/);
    expect(stderr).not.toContain('    at ');
    expect(await shell.succeed(`${hint!.slice('try: '.length)}; kv get k`)).toBe('v');
  });
});

describe('6', () => {
  it('is a bucket that is not there', async () => {
    const shell = await shellWith('k=v');
    for (const verb of ['get k', 'set k v', 'keys', 'incr k', 'delete k']) {
      expectRefusal(await shell.run(`kv -b other ${verb}`), {
        status: 6,
        message: 'cannot open bucket "other": there is no such bucket',
        hint: /^try: kv bucket list, or kv bucket create NAME$/,
      });
    }
  });

  it('is a store that takes no writes', async () => {
    const shell = await shellWith('k=v');
    for (const verb of ['set k new', 'incr n', 'delete k', 'bucket create b', 'rename k l']) {
      expectRefusal(await shell.run(`kv --read-only ${verb}`), {
        status: 6,
        message: /^cannot write to (bucket|store) ".*": /,
      });
    }
    expect(await shell.succeed('kv --read-only get k; kv bucket list')).toBe('vdefault\n');
  });

  it('is a store that is not there, where it must be', async () => {
    const shell = new Shell();
    for (const words of ['store info', '--read-only set k v', '--read-only bucket create b']) {
      expectRefusal(await shell.run(`kv ${words}`), {
        status: 6,
        message: `cannot open store "${shell.store}": there is none yet`,
        hint: /^the first write makes it/,
      });
    }
  });

  it('is a device that is full', async () => {
    const shell = await shellWith('k=v');
    for (const words of ['get k', 'keys', 'exists k', 'help', 'get k -o /dev/full']) {
      expectRefusal(await shell.run(`kv ${words} > /dev/full`), {
        status: 6,
        message: /^cannot write .*: no space is left on the device$/,
      });
    }
  });

  it('is a limit on file sizes, and what was there stays', async () => {
    const shell = await shellWith('k=old');
    writeFileSync(join(shell.folder, 'large'), Buffer.alloc(3_000_000));
    await shell.succeed('kv set large < large');
    const output = await shell.run('ulimit -f 1000; kv get large -o copy');
    expectRefusal(output, { status: 6, message: /^cannot write "copy": / });
    expect(shell.files()).toEqual(['large']);
    const upload = await shell.run('ulimit -f 5000; head -c 20000000 /dev/zero | kv set k');
    expect([upload.status, upload.text]).toEqual([6, '']);
    expect(upload.stderr).not.toContain('    at ');
    expect(await shell.succeed('kv get k')).toBe('old');
    await shell.succeed('kv set k new');
    expect((await shell.info()).uploads).toBe(0);
  });

  it('is an input that cannot be read', async () => {
    const shell = await shellWith('k=old');
    for (const [script, message] of [
      ['kv set k < .', 'cannot read stdin: it is a directory'],
      ['kv set k -f missing', 'cannot read "missing": no such file or directory'],
      ['kv set k -f .', 'cannot read ".": it is a directory'],
    ] as const) {
      expectRefusal(await shell.run(script), { status: 6, message });
    }
    expect(await shell.succeed('kv get k')).toBe('old');
  });

  it('is a file that cannot be written', async () => {
    const shell = await shellWith('k=v');
    for (const [path, why] of [
      ['missing/file', 'no such file or directory'],
      ['.', 'it is a directory'],
      ['""', 'no such file or directory'],
    ]) {
      expectRefusal(await shell.run(`kv get k -o ${path}`), {
        status: 6,
        message: `cannot write ${path === '""' ? path : `"${path}"`}: ${why}`,
      });
    }
    expect(shell.files()).toEqual([]);
  });

  it('is a user without a home folder, who names no store', async () => {
    const shell = new Shell();
    // What Node does for a user whom the system does not know.
    const homeless = `require('os').userInfo = () => { throw new Error('ENOENT'); };`;
    writeFileSync(join(shell.folder, 'homeless.cjs'), homeless);
    const kv = "env -u HOME -u KV_STORE NODE_OPTIONS='--require ./homeless.cjs' kv";
    expectRefusal(await shell.run(`${kv} get k`), {
      status: 6,
      message: 'cannot choose a store: there is no home folder to have it in',
      hint: /^try: --store PATH, or the environment variable KV_STORE$/,
    });
    expect(await shell.succeed(`${kv} help`)).toContain('Usage: kv');
    expect(await shell.succeed(`${kv} -s here set k v; ${kv} -s here get k`)).toBe('v');
  });
});

describe('70', () => {
  /** A program in which something breaks that nobody has foreseen. */
  function broken(): Shell {
    const shell = new Shell();
    const breakage = `Date.prototype.toISOString = () => null.time;`;
    writeFileSync(join(shell.folder, 'breakage.cjs'), breakage);
    return shell;
  }
  const run = "NODE_OPTIONS='--require ./breakage.cjs' kv";

  it('is a defect, in one line', async () => {
    const shell = broken();
    await shell.succeed('kv set k v');
    expectRefusal(await shell.run(`${run} stat k`), {
      status: 70,
      message: /^a defect of kv's own: Cannot read properties of null/,
    });
  });

  it('shows its stack with KV_DEBUG=1', async () => {
    const shell = broken();
    await shell.succeed('kv set k v');
    const { status, stderr } = await shell.run(`KV_DEBUG=1 ${run} stat k`);
    expect(status).toBe(70);
    expect(stderr).toMatch(/^TypeError: Cannot read properties of null[\s\S]*breakage\.cjs:1/);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^kv: a defect/);
  });
});

describe('KV_DEBUG=1', () => {
  it('shows the stack of any error, and then the error', async () => {
    const { status, stderr } = await new Shell().run('KV_DEBUG=1 kv get k');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^KvError: cannot get "k": [\s\S]*\n {4}at /);
    expect(stderr.trimEnd().split('\n').at(-1)).toBe('kv: cannot get "k": there is no such key');
  });

  it('is nothing else: 0 and no value show none', async () => {
    const { stderr } = await new Shell().run('KV_DEBUG=0 kv get k; KV_DEBUG= kv get k');
    expect(stderr).not.toContain('    at ');
  });
});

describe('--json', () => {
  it.each([
    ['kv get k --json', 1, 'absent'],
    ['kv --json nosuch', 2, 'usage'],
    ['kv --json get', 2, 'usage'],
    ['kv --json get k --offset x', 2, 'usage'],
    ['kv --json delete --prefix n', 2, 'not-confirmed'],
    ['kv --json set n v --if-absent', 3, 'condition-failed'],
    ['kv --json incr n', 4, 'not-a-counter'],
    ['kv --json get ""', 4, 'invalid-key'],
    ['kv --json -b other keys', 6, 'no-bucket'],
    ['kv --json keys > /dev/full', 6, 'full'],
  ])('%s is one object on stderr, with the status %i', async (script, status, code) => {
    const shell = await shellWith('n=text');
    const ended = await shell.run(script);
    expect([ended.status, ended.text]).toEqual([status, '']);
    expect(ended.stderr).toMatch(/^\{.*\}\n$/);
    const { error, ...rest } = JSON.parse(ended.stderr);
    expect(rest).toEqual({});
    expect(error).toMatchObject({ code, message: expect.stringMatching(/\S/) });
  });

  it('of a lost cas is an answer, not an error', async () => {
    const shell = await shellWith('n=1');
    const { status, text, stderr } = await shell.run('kv --json cas n 2 3');
    expect([status, text, stderr]).toEqual([3, '{"key":"n","swapped":false}\n', '']);
  });
});

describe('an error', () => {
  it('shows what was typed without its control characters', async () => {
    const shell = new Shell();
    const odd = `$'\\x1b]0;owned\\x07\\u009b\\u202e'`;
    for (const words of [`get ${odd}`, `${odd}`, `get k --${odd}`, `-s ${odd} store info`]) {
      for (const json of ['', '--json ']) {
        const { stderr } = await shell.run(`kv ${json}${words}`);
        expect(stderr).toMatch(json ? /\\u001b/ : /\\(x1b|u001b)/);
        expect(stderr.replaceAll('\n', '')).not.toMatch(/[\0-\x1f\x7f-\x9f\u202e]/);
      }
    }
    const { stderr } = await shell.run(`kv -b $'a\\u202eb' keys`);
    expect(stderr).toMatch(/^kv: .*a\\u\{202e\}b.*\ntry: .*\n$/);
  });

  it('is told although stdout is closed, and kept to itself although stderr is', async () => {
    const shell = await shellWith('k=v');
    expectRefusal(await shell.run('kv get x >&-'), { status: 1, message: /^cannot get "x"/ });
    expect(await shell.run('kv get x 2>&-')).toMatchObject({ status: 1, text: '', stderr: '' });
    expect(await shell.run('kv get x 2> /dev/full')).toMatchObject({ status: 1, text: '' });
    expect(await shell.run('kv get k <&-')).toMatchObject({ status: 0, text: 'v', stderr: '' });
  });
});
