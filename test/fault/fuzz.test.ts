/**
 * Random command lines, lines of the prompt and files of records: each ends by itself with a status of
 * the table that is no defect's, in bounded memory, and without a stack trace.
 */
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { exitCodes } from '../../src/errors.js';
import { pieces } from '../formats/pieces.js';
import { howMany, LONG_MS } from '../support/length.js';
import { SEED } from '../support/random.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { type Ended, runKv } from './kv-process.js';
import { randomLines } from './random-lines.js';
import { TypedPrompt } from './typed-prompt.js';

const COMMAND_LINES = howMany(15, 3_000);
const PROMPT_LINES = howMany(100, 5_000);
const FILES = howMany(15, 2_000);

/** Processes at a time. */
const LANES = 2;

/** Lines that are typed at one prompt. */
const LINES_OF_A_PROMPT = 50;

/** What bounds the memory that is a process's own: `setrlimit`, RLIMIT_DATA, in bytes. */
const BOUNDED = ['prlimit', `--data=${1024 ** 3}`];

const ALLOWED = new Set<number>(Object.values(exitCodes));
ALLOWED.delete(exitCodes.defect);

const GUEST = join(import.meta.dirname, '../guests/cat.wasm');

let lines: fc.Arbitrary<string[]>;
beforeAll(async () => {
  lines = await randomLines();
});

test(
  `${COMMAND_LINES} command lines`,
  async () => {
    await inLanes(sample(lines, COMMAND_LINES), async (words, folder) => {
      expectEnded(await bounded(folder, words), words);
    });
  },
  LONG_MS,
);

test(
  `${PROMPT_LINES} lines of the prompt`,
  async () => {
    // What a person types beside words: half a word, keys that edit, redirections, an end in the middle.
    const garnish = fc.constantFrom(
      ...['', '', '', '', ' | cat', ' | head -c 1', ' > out', ' >> out', ' < in.csv', ' > .', ' |'],
      ...[
        '\t',
        '\t\t',
        '\u0001',
        '\u0017\u0019',
        '\u001b[A\u001b[A',
        '\u0012a\r',
        '\u0015',
        '\u000c',
      ],
      ...[" '", ' "', ' \\', '\u0003', '\u001b[200~a\nb\u001b[201~', '\u001b[', '\u00ff'],
    );
    const typed = fc
      .tuple(lines, fc.constantFrom(' ', '  ', '\t'), garnish)
      .map(([words, space, end]) => words.map(typedWord).join(space) + end);
    const session = fc.array(fc.oneof(typed, fc.constantFrom('begin', 'commit', 'rollback')), {
      minLength: LINES_OF_A_PROMPT,
      maxLength: LINES_OF_A_PROMPT,
    });
    await inLanes(sample(session, PROMPT_LINES / LINES_OF_A_PROMPT), async (all, folder) => {
      const prompt = new TypedPrompt(folder, environment(folder), BOUNDED);
      onTestFinished(() => prompt.kill());
      await prompt.begins();
      for (const line of all) {
        const printed = await prompt.line(line);
        expect(faultIn(printed), `${line}\n${printed}`).toBe(undefined);
      }
      expect(await prompt.leave()).toBe(0);
    });
  },
  LONG_MS,
);

test(
  `${FILES} files of records`,
  async () => {
    const formats = Object.keys(pieces);
    const piece = fc.constantFrom(
      ...Object.values(pieces).flat(),
      ...['null', '1e999', '\n', '\ufeff', '\0', ' ', 'é', '\u001f\u008b', 'format=bytevalue\n'],
      ...['x'.repeat(3_000), '['.repeat(3_000), '{"a":'.repeat(1_000)],
    );
    const bytes = fc
      .array(
        fc.oneof(
          { weight: 6, arbitrary: piece.map((text) => Buffer.from(text)) },
          {
            weight: 1,
            arbitrary: fc.uint8Array({ maxLength: 8 }).map((some) => Buffer.from(some)),
          },
        ),
        { maxLength: 40 },
      )
      .map((all) => Buffer.concat(all));
    const flags = fc.subarray([
      '--atomic',
      '--on-error=skip',
      '--mode=replace',
      '--strict',
      '--json',
    ]);
    const input = fc.tuple(fc.constantFrom(...formats), flags, bytes);
    await inLanes(sample(input, FILES), async ([format, given, content], folder) => {
      writeFileSync(join(folder, 'file'), content);
      const words = ['-s', 'store', 'import', 'file', '--create', '--format', format, ...given];
      const ended = await bounded(folder, words);
      expectEnded(ended, [...words, content.toString('latin1')]);
    });
  },
  LONG_MS,
);

function sample<T>(of: fc.Arbitrary<T>, numRuns: number): T[] {
  return fc.sample(of, { numRuns, seed: SEED });
}

/** What came of it is a user's answer; `about` is what was run. */
function expectEnded({ status, signal, stdout, stderr }: Ended, about: unknown): void {
  const isAllowed = status !== null && ALLOWED.has(status);
  const outcome = { isAllowed, signal, fault: faultIn(`${stdout}\n${stderr}`) };
  const right = { isAllowed: true, signal: null, fault: undefined };
  expect(outcome, `${status} ${JSON.stringify(about)}\n${stderr}`).toEqual(right);
}

/** What only a defect prints: a stack trace, or its name. */
function faultIn(printed: string): string | undefined {
  return /^\s+at .*[(:]\S*:\d+|kv: a defect of kv's own/m.exec(printed)?.[0];
}

/** Runs each of them, some at a time, in folders that hold what lines speak of, and a sound store at the end. */
async function inLanes<T>(all: readonly T[], run: (one: T, folder: string) => Promise<void>) {
  const left = [...all];
  const lane = async () => {
    const folder = temporaryFolder();
    const files = {
      'in.ndjson': '{"key":"a","value":"1"}\n{"key":"c/1","value":"x"}\n',
      'in.csv': 'key,value\na,1\n',
      lines: 'set a 1\nincr b\nnope\nget a\n',
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    copyFileSync(GUEST, join(folder, 'guest.wasm'));
    await runKv(folder, ['-s', 'store', 'import', 'in.ndjson']);
    for (let one = left.pop(); one !== undefined; one = left.pop()) await run(one, folder);
    const { stderr } = await runKv(folder, ['-s', 'store', 'store', 'check']);
    expect(stderr).toBe('');
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** Runs kv to its end in bounded memory. */
function bounded(folder: string, words: readonly string[]): Promise<Ended> {
  return runKv(folder, words, { env: environment(folder), under: BOUNDED });
}

/** A home and a store in the folder. */
function environment(folder: string): NodeJS.ProcessEnv {
  const own = { HOME: folder, KV_STORE: join(folder, 'store'), TERM: 'xterm', PAGER: 'cat' };
  return { ...process.env, ...own };
}

/** A word as it is typed: in quotes, or, now and then as some do, as it is. */
function typedWord(word: string): string {
  return /^[\w/.:=-]+$/.test(word) || word.includes('(') ? word : `'${word.replaceAll("'", '')}'`;
}
