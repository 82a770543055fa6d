import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderings } from '../../src/terminal/renderings.js';
import { controls, hostile } from '../support/odd-text.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { type Kv, kvInMemory, kvOnDisk, onTerminal } from '../support/run-command.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** Commands over a store in which `k` has this value. */
async function kvWith(value: Uint8Array | string): Promise<Kv> {
  const kv = kvInMemory();
  await kv('set k', { stdin: value });
  return kv;
}

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

describe('in a pipe', () => {
  it('every byte comes out, and nothing is added', async () => {
    const { outcome, stdout, stderr } = await (await kvWith(everyByte))('get k');
    expect(outcome).toBe(0);
    expect(stdout.equals(everyByte)).toBe(true);
    expect(stderr).toBe('');
  });

  it('an empty value is nothing, and done', async () => {
    const { outcome, text } = await (await kvWith(''))('get k');
    expect([outcome, text]).toEqual([0, '']);
  });

  it('a value in chunks comes whole', async () => {
    const kv = await kvOnDisk();
    const bytes = patternedBytes(3 * 256 * 1024 + 7);
    await kv('set k', { stdin: bytes });
    expect((await kv('get k')).stdout.equals(bytes)).toBe(true);
  });

  it('a binary value has no remark', async () => {
    const kv = await kvWith(everyByte);
    expect((await kv('get k', { stderrIsTerminal: true })).stderr).toBe('');
  });
});

describe('an absent key', () => {
  it('is an error of its own status, with nothing on stdout', async () => {
    const { outcome, error, text } = await kvInMemory()('get k');
    expect([outcome, error?.code, text]).toEqual([1, 'absent', '']);
    expect(error?.message).toBe('cannot get "k": there is no such key');
  });

  it('is so with --json as well', async () => {
    const { outcome, text } = await kvInMemory()('get k --json');
    expect([outcome, text]).toEqual([1, '']);
  });

  it('gives the --default, which may be empty', async () => {
    const kv = kvInMemory();
    expect(await kv('get k --default other')).toMatchObject({ outcome: 0, text: 'other' });
    expect(await kv(['get', 'k', '--default', ''])).toMatchObject({ outcome: 0, text: '' });
    expect((await kv('get k --default zz --format hex')).text).toBe('7a7a');
    expect(JSON.parse((await kv('get k --default other --json')).text)).toEqual({
      key: 'k',
      value: 'other',
    });
  });

  it('is no error of the bucket: a missing bucket is', async () => {
    const { outcome, error } = await kvInMemory()('-b missing get k');
    expect([outcome, error?.code]).toEqual([6, 'no-bucket']);
  });

  it('leaves the file of -o as it was', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, 'before');
    expect((await kvInMemory()(['get', 'k', '-o', file])).outcome).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe('before');
  });
});

describe('--default', () => {
  it('is not for an empty value', async () => {
    expect((await (await kvWith(''))('get k --default other')).text).toBe('');
  });
});

describe('on a terminal', () => {
  it('text ends with one newline', async () => {
    expect((await (await kvWith('a\nb'))('get k', onTerminal)).text).toBe('a\nb\n');
    expect((await (await kvWith('a\nb\n'))('get k', onTerminal)).text).toBe('a\nb\n');
    expect((await (await kvWith(''))('get k', onTerminal)).text).toBe('\n');
  });

  it('the control characters of text are visible', async () => {
    const { text } = await (await kvWith('\x1b[31mred\t\u202e\x9b\n'))('get k', onTerminal);
    expect(text).toBe('\\x1b[31mred\t\\u{202e}\\x9b\n');
  });

  it('nothing of any value is a control sequence', async () => {
    const kv = kvInMemory();
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array(), fc.string({ unit: 'binary' })), async (value) => {
        await kv('set k', { stdin: Buffer.from(value) });
        const { text } = await kv('get k', onTerminal);
        expect(text.replaceAll(/[\n\t]/g, '')).not.toMatch(controls);
        expect(text.endsWith('\n')).toBe(true);
      }),
    );
  });

  it('a value that ends inside a character is binary; one that was cut there is text', async () => {
    const kv = kvInMemory();
    await kv('set cut', { stdin: Buffer.from('naïve').subarray(0, 3) });
    expect((await kv('get cut', onTerminal)).text).toContain('6e 61 c3');
    await kv('set k naïve');
    for (const range of ['--length 3', '--offset 3', '--offset 3 --length 2']) {
      expect((await kv(`get k ${range}`, onTerminal)).stderr).toBe('');
    }
    expect((await kv('get k --length 3', onTerminal)).text).toMatch(/^na/);
    expect((await kv('get k --length 30', onTerminal)).text).toBe('naïve\n');
  });

  it('a binary value shows the head of a hex dump, and how to get it raw', async () => {
    const { text, stderr } = await (await kvWith(patternedBytes(1000)))('get k', onTerminal);
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(256 / 16);
    expect(lines[0]).toMatch(/^00000000 {2}00 00 00 00 b1 79/);
    expect(stderr).toBe('a binary value; as it is: kv get KEY > FILE, or kv get KEY | COMMAND\n');
  });

  it('-q leaves the remark out', async () => {
    const { text, stderr } = await (await kvWith(everyByte))('get k -q', onTerminal);
    expect(text).toContain('00000000');
    expect(stderr).toBe('');
  });

  it('text of many pieces is text to its end', async () => {
    const kv = await kvOnDisk();
    const value = 'ä€😀\n'.repeat(200_000);
    await kv('set k', { stdin: value });
    expect((await kv('get k', onTerminal)).text).toBe(value);
  });

  it('a --default is shown as a value is', async () => {
    const { text } = await kvInMemory()(['get', 'k', '--default', 'a\x1b'], onTerminal);
    expect(text).toBe('a\\x1b\n');
  });

  it('only --format raw gives the bytes as they are', async () => {
    const kv = await kvWith('\x1b[31m');
    expect((await kv('get k --format raw', onTerminal)).text).toBe('\x1b[31m');
    expect((await kv('get k --format text', onTerminal)).text).toBe('\\x1b[31m\n');
    expect((await kv('get k --format hex', onTerminal)).text).toBe('1b5b33316d\n');
    expect((await kv('get k --format base64', onTerminal)).text).toBe('G1szMW0=\n');
  });

  it('JSON has no control characters either', async () => {
    const { text } = await (await kvWith(hostile))('get k --json', onTerminal);
    expect(text.trimEnd()).not.toMatch(controls);
    expect(JSON.parse(text).value).toBe(hostile);
  });
});

describe('--format', () => {
  it('in a pipe adds no newline', async () => {
    const kv = await kvWith(everyByte);
    expect((await kv('get k --format raw')).stdout.equals(everyByte)).toBe(true);
    expect((await kv('get k --format hex')).text).toBe(everyByte.toString('hex'));
    expect((await kv('get k --format base64')).text).toBe(everyByte.toString('base64'));
    expect((await (await kvWith('a\x1b\n'))('get k --format text')).text).toBe('a\\x1b\n');
  });

  it('text shows what is no UTF-8 as U+FFFD', async () => {
    const kv = await kvWith(Buffer.from([0x61, 0xff, 0x62]));
    expect((await kv('get k --format text')).text).toBe('a\ufffdb');
  });

  it('json lays JSON out, in a pipe and on a terminal', async () => {
    const kv = await kvWith('{"a":[1.0,"\u009b"]}');
    const laidOut = '{\n  "a": [\n    1.0,\n    "\\u009b"\n  ]\n}\n';
    expect((await kv('get k --format json')).text).toBe(laidOut);
    expect((await kv('get k --format json', onTerminal)).text).toBe(laidOut);
    expect((await kv('get k', onTerminal)).text).not.toContain('\n  ');
  });

  it('json of what is none is bad data', async () => {
    const { outcome, error, text } = await (await kvWith('{a'))('get k --format json');
    expect([outcome, text]).toEqual([4, '']);
    expect(error?.message).toBe('cannot lay out the value: it is no JSON');
  });

  it('is one of five', async () => {
    const { outcome, error } = await (await kvWith('v'))('get k --format yaml');
    expect(outcome).toBe(2);
    expect(error?.message).toContain('"yaml" is none of raw, text, json, hex, base64');
  });

  it('and --json exclude each other', async () => {
    const { outcome, error } = await (await kvWith('v'))('get k --format hex --json');
    expect(outcome).toBe(2);
    expect(error?.message).toBe('either --format or --json, not both');
    expect(error?.hint).toContain('kv help get');
  });

  it('of large values is that of Buffer', async () => {
    const kv = await kvOnDisk();
    const bytes = patternedBytes(2 * 256 * 1024 + 1);
    await kv('set k', { stdin: bytes });
    expect((await kv('get k --format hex')).text === bytes.toString('hex')).toBe(true);
    expect((await kv('get k --format base64')).text === bytes.toString('base64')).toBe(true);
  });
});

describe('renderings of pieces', () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 12 });

  it.each(['hex', 'base64'] as const)('%s is that of the whole, however split', (form) => {
    fc.assert(
      fc.property(pieces, (split) => {
        const whole = Buffer.concat(split);
        expect([...renderings[form](split)].join('')).toBe(whole.toString(form));
      }),
    );
  });

  it('text is that of the whole, however split', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.nat(3)), (text, cuts) => {
        const whole = Buffer.from(text);
        const split: Uint8Array[] = [];
        let at = 0;
        for (const length of cuts) {
          split.push(whole.subarray(at, at + length));
          at += length;
        }
        split.push(whole.subarray(at));
        const once = [...renderings.text([whole])].join('');
        expect([...renderings.text(split)].join('')).toBe(once);
      }),
    );
  });
});

describe('--offset and --length', () => {
  it('give the part that slice gives', async () => {
    const kv = await kvOnDisk();
    const bytes = patternedBytes(600_000);
    await kv('set k', { stdin: bytes });
    const position = fc.oneof(fc.nat(700_000), fc.constantFrom(0, 262_143, 262_144, 262_145));
    await fc.assert(
      fc.asyncProperty(position, position, async (offset, length) => {
        const { stdout } = await kv(`get k --offset ${offset} --length ${length}`);
        expect(stdout.equals(bytes.subarray(offset, offset + length))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('stand alone as well', async () => {
    const kv = await kvWith('0123456789');
    expect((await kv('get k --offset 7')).text).toBe('789');
    expect((await kv('get k --length 3')).text).toBe('012');
    expect((await kv('get k --length 0')).text).toBe('');
    expect((await kv('get k --offset 10')).text).toBe('');
    expect((await kv('get k --offset 9007199254740991 --length 9007199254740991')).text).toBe('');
  });

  it('are of what is shown, in every form', async () => {
    const kv = await kvWith('0123456789');
    expect((await kv('get k --offset 7', onTerminal)).text).toBe('789\n');
    expect((await kv('get k --offset 8 --format hex')).text).toBe('3839');
    expect(JSON.parse((await kv('get k --length 2 --json')).text)).toMatchObject({
      value: '01',
      size: 10,
    });
  });

  it.each(['-1', 'x', '1.5', '1e3', ''])('refuse %j', async (text) => {
    for (const option of ['--offset', '--length']) {
      const { outcome, error } = await (await kvWith('v'))(['get', 'k', option, text]);
      expect(outcome).toBe(2);
      expect(error?.message).toContain('is not a whole number from 0 to 9007199254740991');
    }
  });
});

describe('-o', () => {
  it('writes the bytes to the file, wherever it is run', async () => {
    const kv = await kvWith(everyByte);
    const folder = temporaryFolder();
    const file = join(folder, 'file');
    const { outcome, text } = await kv(['get', 'k', '-o', file], onTerminal);
    expect([outcome, text]).toEqual([0, '']);
    expect(readFileSync(file).equals(everyByte)).toBe(true);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('writes an empty file for an empty value', async () => {
    const file = join(temporaryFolder(), 'file');
    await (await kvWith(''))(['get', 'k', '-o', file]);
    expect(readFileSync(file)).toHaveLength(0);
  });

  it('writes in the form asked for', async () => {
    const kv = await kvWith('text');
    const file = join(temporaryFolder(), 'file');
    await kv(['get', 'k', '-o', file, '--format', 'hex'], onTerminal);
    expect(readFileSync(file, 'utf8')).toBe('74657874');
    const { text } = await kv(['get', 'k', '-o', file, '--json']);
    expect(text).toBe('');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ key: 'k', value: 'text' });
  });

  it('is stdout for -, with what a terminal is shown', async () => {
    const kv = await kvWith('a\x1b');
    expect((await kv('get k -o -')).text).toBe('a\x1b');
    expect((await kv('get k -o -', onTerminal)).text).toBe('a\\x1b\n');
    expect((await kv('get k -o /dev/stdout', onTerminal)).text).toBe('a\\x1b\n');
  });

  it('refuses a folder, and leaves nothing', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'inner'));
    const { outcome, error } = await (await kvWith('v'))(['get', 'k', '-o', join(folder, 'inner')]);
    expect([outcome, error?.code]).toEqual([6, 'io']);
    expect(error?.message).toContain('it is a directory');
    expect(readdirSync(folder, { recursive: true })).toEqual(['inner']);
  });
});

describe('--json', () => {
  it('is one object, with what stat knows', async () => {
    const kv = await kvWith('hello');
    const { text } = await kv('get k --json');
    expect(text).toMatch(/^\{.*\}\n$/);
    const { kind, ...metadata } = JSON.parse((await kv('stat k --json')).text);
    expect(kind).toBe('inline');
    expect(JSON.parse(text)).toEqual({ ...metadata, value: 'hello' });
  });

  it('has base64 for what is not UTF-8, and says so', async () => {
    const { value, base64 } = JSON.parse((await (await kvWith(everyByte))('get k --json')).text);
    expect(base64).toBe(true);
    expect(Buffer.from(value, 'base64').equals(everyByte)).toBe(true);
    expect(JSON.parse((await (await kvWith('ü'))('get k --json')).text)).not.toHaveProperty(
      'base64',
    );
  });

  it('gives every value back', async () => {
    const kv = kvInMemory();
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array(), fc.string({ unit: 'binary' })), async (value) => {
        const bytes = Buffer.from(value);
        await kv('set k', { stdin: bytes });
        const { value: shown, base64 } = JSON.parse((await kv('get k --json')).text);
        expect(Buffer.from(shown, base64 ? 'base64' : 'utf8').equals(bytes)).toBe(true);
      }),
    );
  });

  it('refuses what one line cannot hold', async () => {
    const kv = kvInMemory();
    await kv('set k', { stdin: Buffer.alloc(64 * 1024 * 1024 + 1, 'x') });
    const { outcome, error, text } = await kv('get k --json');
    expect([outcome, error?.code, text]).toEqual([4, 'too-large', '']);
    expect((await kv('get k --json --length 3')).outcome).toBe(0);
  });
});
