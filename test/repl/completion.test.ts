import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registry } from '../../src/commands/index.js';
import type { Context } from '../../src/context.js';
import { createKeyvalue } from '../../src/keyvalue/index.js';
import { resolveSettings } from '../../src/line/settings.js';
import { splitLine } from '../../src/line/words.js';
import { type Completion, complete } from '../../src/repl/completion.js';
import { MemoryStore } from '../../src/store/memory/memory-store.js';
import { controls, oddKeys } from '../support/odd-text.js';

const home = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'kv-completion-'));
const bin = mkdtempSync(join(tmpdir(), 'kv-completion-'));

beforeAll(() => {
  process.chdir(folder);
  mkdirSync('folder');
  writeFileSync('file one', '');
  for (const name of ['jq', 'sort', 'sortkeys', 'uniq']) {
    writeFileSync(join(bin, name), '', { mode: 0o755 });
  }
  writeFileSync(join(bin, 'jqdata'), '');
});

afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
  rmSync(bin, { recursive: true });
});

const settings = resolveSettings({}, {});

/** What completion looks at of it: a store with these keys. */
function contextWith(keys: readonly string[]): Context {
  const keyvalue = createKeyvalue(new MemoryStore());
  const { buckets, eventual, types } = keyvalue;
  for (const [name, stored] of Object.entries({ default: keys, other: ['elsewhere'] })) {
    const bucket = buckets.create(name);
    for (const key of stored) {
      eventual.set(bucket, key, types.OutgoingValue.newOutgoingValue());
    }
  }
  const bucketToRead = (name: string) => types.Bucket.openBucket(name);
  return { keyvalue, bucketToRead } as unknown as Context;
}

/** What Tab makes of a line, with a bar where the cursor is. */
async function tab(line: string, keys: readonly string[] = []): Promise<string> {
  return shown(await completed(line, keys));
}

function completed(line: string, keys: readonly string[] = []): Promise<Completion> {
  return completeAt(line.replace('|', ''), line.indexOf('|'), keys);
}

function completeAt(line: string, cursor: number, keys: readonly string[]): Promise<Completion> {
  const env = { PATH: `/nowhere:${bin}` };
  return complete(line, cursor, { context: contextWith(keys), verbs: registry, settings, env });
}

function shown({ text, cursor }: Completion): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

const keys = ['user/1', 'user/2', 'user/10', 'my key', "it's", 'alone'];

describe('Tab', () => {
  it.each([
    ['exi|', 'exists |'],
    ['buck|', 'bucket |'],
    ['bucket cre|', 'bucket create |'],
    ['3 inc|', '3 incr |'],
    ['get a|', 'get alone |'],
    ['get us|', 'get user/|'],
    ['get user/1|', 'get user/1|'],
    ['get my|', "get 'my key' |"],
    ["get 'my|", "get 'my key' |"],
    ['get "my|', "get 'my key' |"],
    ['get i|', "get 'it'\\''s' |"],
    ['get al| -o f', 'get alone |-o f'],
    ['copy al|one b', 'copy alone |b'],
    ['get my| --format hex', "get 'my key' |--format hex"],
    ['keys --li|', 'keys --limit |'],
    ['get k --format he|', 'get k --format hex |'],
    ['get k --format=he|', 'get k --format=hex |'],
    ['get -b other e|', 'get -b other elsewhere |'],
    ['--bucket=other get e|', '--bucket=other get elsewhere |'],
    ['bucket info o|', 'bucket info other |'],
    ['get e| -b other', 'get elsewhere |-b other'],
    ['run x -b in=o|', 'run x -b in=other |'],
    ['get k --output=fo|', 'get k --output=folder/|'],
    ['get k -ofo|', 'get k -ofolder/|'],
    ['help bucket cr|', 'help bucket create |'],
    ['keys --limit 3 --lim|', 'keys --limit 3 --lim|'],
    ['get alone > fo|', 'get alone > folder/|'],
    ['get alone | cat fi|'.replace('| cat', '\0 cat'), "get alone \0 cat 'file one' |"],
    ['help ex|', 'help ex|'],
    ['get nothing|', 'get nothing|'],
    ['# get al|', '# get al|'],
    ['nonsense al|', 'nonsense al|'],
  ])('makes of %j what can be meant', async (before, after) => {
    const source = before.includes('\0') ? before.replace('|', '\x01').replace('\0', '|') : before;
    if (!source.includes('\x01')) return expect(await tab(source, keys)).toBe(after);
    const cursor = source.indexOf('\x01');
    const result = await completeAt(source.replace('\x01', ''), cursor, keys);
    expect(shown(result)).toBe(after.replace('\0', '|'));
  });

  it('lists what a word may become, when it cannot go on', async () => {
    expect((await completed('get user/|', keys)).choices).toEqual(['user/1', 'user/10', 'user/2']);
  });

  it('guards a key that looks like an option', async () => {
    expect(await tab('get |', ['-rf'])).toBe('get -- -rf |');
    expect(await tab('get -- -r|', ['-rf'])).toBe('get -- -rf |');
  });

  it('completes commands behind a pipe and a !, and then files', async () => {
    const completion = async (line: string) => {
      const cursor = line.indexOf('^');
      return (await completeAt(line.replace('^', ''), cursor, keys)).text;
    };
    expect(await completion('get k | j^')).toBe('get k | jq ');
    expect(await completion('get k | jq . | un^')).toBe('get k | jq . | uniq ');
    expect(await completion('get k | sor^')).toBe('get k | sort');
    expect(await completion('get k | jq fo^')).toBe('get k | jq folder/');
    expect(await completion('get k | jq > fo^')).toBe('get k | jq > folder/');
    expect(await completion('get k | fo^')).toBe('get k | folder/');
    expect(await completion('!un^')).toBe('!uniq ');
    expect(await completion(' ! jq fo^')).toBe(' ! jq folder/');
    expect(await completion('!a | un^')).toBe('!a | uniq ');
    expect(await completion('get ali^')).toBe('get ali');
  });

  it('leaves a quote open where a word may go on', async () => {
    expect(await tab('get m|', ['my key 1', 'my key 2'])).toBe("get 'my key |");
    expect(await tab("get 'my key |", ['my key 1', 'my key 2'])).toBe("get 'my key |");
    expect(await tab("get 'my key 1|", ['my key 1', 'my key 2'])).toBe("get 'my key 1' |");
    expect(await tab('get m| -o f', ['my key 1', 'my key 2'])).toBe("get 'my key |' -o f");
  });

  it.each(oddKeys)(
    'inserts %j so that it is read as that key, and shows it harmlessly',
    async (key) => {
      const { text, cursor } = await completed('get |', [key]);
      expect(cursor).toBe(text.length);
      expect(text).not.toMatch(controls);
      expect(
        splitLine(text)
          .tokens.map((token) => token.text)
          .at(-1),
      ).toBe(key);
      const { choices } = await completed('get |', [key, `${key.slice(0, 9)}2`, '\x1b[2J']);
      expect(choices.join('\n')).not.toMatch(controls);
    },
  );

  it('inserts any key, from any beginning of it', async () => {
    const key = fc.string({
      unit: fc.constantFrom(...' \'"\\$#|<>\n\x1bab\u202e\u{1f600}'),
      minLength: 1,
    });
    await fc.assert(
      fc.asyncProperty(key, async (stored) => {
        const { text } = await completed('get |', [stored]);
        expect(splitLine(text)).toMatchObject({ open: undefined });
        expect(
          splitLine(text)
            .tokens.slice(1)
            .map((token) => token.text),
        ).toEqual([stored]);
      }),
      { numRuns: 500 },
    );
  });
});
