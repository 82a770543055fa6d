import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Command, defineCommand, type Option } from '../../src/command.js';
import { registry } from '../../src/commands/index.js';
import { globalOptions } from '../../src/line/globals.js';
import { type Invocation, parse, settingsOfUnfinished } from '../../src/line/invocation.js';
import { givenBy } from '../../src/line/option-reader.js';
import { quoteWord } from '../../src/line/quotes.js';
import { isCount, readLine } from '../../src/line/reading.js';
import { resolveSettings } from '../../src/line/settings.js';
import { longFlag } from '../../src/line/spelling.js';
import { splitLine } from '../../src/line/words.js';
import { recordedLine } from '../../src/repl/recorded-line.js';
import { registryOf } from '../cli/fixture-registry.js';

/** What no verb has together: letters for everything, and a value among several arguments. */
const shapes = defineCommand({
  name: 'shapes',
  summary: 'every shape of an option',
  access: 'none',
  arguments: [
    { name: 'key', summary: 'the key' },
    { name: 'secrets', summary: 'values', optional: true, variadic: true, value: 'all' },
  ],
  options: {
    long: { short: 'l', summary: 'a switch' },
    tree: { short: 't', value: 'SEP', bare: '/', summary: 'a value after = alone' },
    output: { short: 'o', value: 'FILE', summary: 'a value' },
    each: { short: 'e', value: 'V', summary: 'a list', repeats: true },
  },
  examples: [],
  run: async () => undefined,
});

const commands = [...(await Promise.all(registry.map((one) => one.load()))), shapes];
const texts = registryOf(commands.map(asTexts));

describe('the reading of a line', () => {
  it('says of every word what it is bound to when it is run', async () => {
    let ran = 0;
    await fc.assert(
      fc.asyncProperty(aLine(), async (words) => {
        fc.pre(!isCount(words[0] ?? ''));
        const asked = await invocationOf(words);
        if (asked?.kind !== 'run') return;
        ran++;
        expect(await inputSaid(words, asked.command)).toEqual(withLists(asked));
        const settings = await settingsOfUnfinished(words, texts, (flags) =>
          resolveSettings(flags, {}),
        );
        // For a line that is not run nobody waits.
        const { wait = Number.POSITIVE_INFINITY } = asked.settings;
        expect(settings).toEqual({ ...asked.settings, wait });
      }),
      { numRuns: 1500 },
    );
    expect(ran).toBeGreaterThan(200);
  });

  it('has the history leave out the values that a line gives, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(aLine(), async (typed) => {
        fc.pre(!isCount(typed[0] ?? ''));
        const words = typed.map((word, at) => (word.startsWith('v') ? `${word}${at}=` : word));
        const asked = await invocationOf(words);
        if (asked?.kind !== 'run') return;
        const values = valuesOf(asked, 'all').concat(valuesOf(asked, 'afterEquals'));
        // Which of two words that are the same is the value is not said by the input.
        const timesOf = (value: string) =>
          words.filter((word) => word === value || word === `--if-value=${value}`).length;
        if (values.some((value) => timesOf(value) > 1)) return;
        // Of an option that is given twice the input has the last value alone.
        if (words.filter((word) => /^--if-value(=|$)/.test(word)).length > 1) return;
        const kept = withoutValues(words, asked);
        const recorded = await recordedLine(words.map(quoteWord).join(' '), texts);
        expect(splitLine(recorded!).tokens.map(({ text }) => text)).toEqual(kept);
      }),
      { numRuns: 1000 },
    );
  });

  it('has the history leave out every value of a line that is refused', async () => {
    const mistakes = ['--wrong', '-Z', '--json=1', '-qZ', '-q5', 'surplus'];
    const lines = [
      ['set', 'key', 'SECRET'],
      ['set', '-b', 'other', 'key', '--if-absent', 'SECRET'],
      ['-b', 'other', '-q', 'cas', 'key', 'SECRET', 'SECRET'],
      ['set-many', '--json', 'a=SECRET', 'b=SECRET'],
      ['shapes', '-lt', 'key', 'SECRET', '-oFILE', 'SECRET', '--', 'SECRET'],
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...lines),
        fc.constantFrom(...mistakes),
        fc.nat(),
        async (line, mistake, place) => {
          const words = line.toSpliced(place % (line.length + 1), 0, mistake);
          const recorded = await recordedLine(words.map(quoteWord).join(' '), texts);
          expect(recorded ?? '').not.toContain('SECRET');
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['-q5 incr n', 'a letter and a number: commander would make an argument of it'],
    ['incr n -q5', 'the same behind the verb'],
    ['delete -q5 -s', 'the same where a value is missing as well'],
    ['keys -5', 'a negative number where a digit is an option'],
    ['keys -lZ', 'a letter that is none among others'],
    ['keys --long=yes', 'a switch with a value'],
  ])('is that nobody understands %s: %s', async (line) => {
    const words = line.split(' ');
    expect((await readLine(words, registry)).next).toEqual({ kind: 'unknown' });
    expect(await parse(words, registry, {}).catch((error) => error.code)).toBe('usage');
  });

  it.each([
    ['shapes -l- -o', 'the end of the options, and two arguments'],
    ['shapes -l-output', 'a cluster that ends with a long option'],
    ['shapes -tl', 'a value that looks like a letter'],
    ['shapes -o -- k --tree p', 'a value that looks like the end of the options'],
  ])('agrees with what is run on %s: %s', async (line) => {
    const words = [...line.split(' '), 'x', 'y'];
    const asked = await invocationOf(words);
    if (asked?.kind !== 'run') throw new Error(`${line} is refused`);
    expect(await inputSaid(words, asked.command)).toEqual(withLists(asked));
  });
});

/** Undefined where the line is refused. */
async function invocationOf(words: readonly string[]): Promise<Invocation | undefined> {
  return parse(words, texts, {}).catch(() => undefined);
}

/** The input of the command by the reading alone. */
async function inputSaid(words: readonly string[], command: Command) {
  const { roles } = await readLine(words, texts);
  const given = givenBy(words, roles, 'own');
  const options = Object.entries(command.options).map(([key, { value, repeats }]) => {
    const absent = repeats ? [] : value === undefined ? false : undefined;
    return [key, given[key] ?? absent];
  });
  const taken = command.arguments.map(({ name, variadic }) => {
    const bound = words.filter((_, at) => {
      const role = roles[at]!;
      return role.kind === 'argument' && role.argument.name === name;
    });
    return [name, variadic ? bound : bound[0]];
  });
  return Object.fromEntries([...options, ...taken]);
}

/** The input, with a list that is not there as an empty one. */
function withLists({ command, input }: Run) {
  const lists = command.arguments.filter(({ variadic }) => variadic);
  return { ...input, ...Object.fromEntries(lists.map(({ name }) => [name, input[name] ?? []])) };
}

type Run = Extract<Invocation, { kind: 'run' }>;

/** The values that the command is given. */
function valuesOf({ command, input }: Run, which: 'all' | 'afterEquals'): string[] {
  const secret = command.arguments.filter(({ value }) => value === which).map(({ name }) => name);
  const options = Object.keys(command.options).filter((key) => command.options[key]!.isStoredValue);
  const names = which === 'all' ? [...secret, ...options] : secret;
  return names.flatMap((name) => (input[name] ?? []) as string | string[]);
}

/** What the words are without them. */
function withoutValues(words: readonly string[], asked: Run): string[] {
  const hidden = valuesOf(asked, 'all');
  const pairs = valuesOf(asked, 'afterEquals');
  return words
    .filter((word) => !hidden.includes(word))
    .map((word) => (word.startsWith('--if-value=') ? '--if-value' : word))
    .map((word) => (pairs.includes(word) ? word.slice(0, word.indexOf('=') + 1) : word));
}

/** Lines that are often right: a verb with its options and arguments in any order, and now and then anything. */
function aLine(): fc.Arbitrary<string[]> {
  return fc.constantFrom(...commands).chain((command) => {
    const { name, aliases = [] } = command;
    const globals = fc.array(fc.oneof(...optionChunks(globalOptions), noise()), { maxLength: 2 });
    const operand = fc.constantFrom('v', 'v', 'v', '-', '', '-5', '-1.5e3').map((word) => [word]);
    const behind = fc.oneof(
      { weight: 3, arbitrary: operand },
      { weight: 3, arbitrary: fc.oneof(...optionChunks({ ...globalOptions, ...command.options })) },
      { weight: 1, arbitrary: cluster(command) },
      { weight: 1, arbitrary: noise() },
    );
    return fc
      .tuple(
        globals,
        fc.constantFrom(name, ...aliases),
        globals,
        fc.array(behind, { maxLength: 5 }),
      )
      .map(([before, spelling, between, after]) => {
        const [first, ...second] = spelling.split(' ');
        return [before, first!, second.length > 0 ? [between, second] : [], after].flat(3);
      });
  });
}

function optionChunks(options: Readonly<Record<string, Option>>): fc.Arbitrary<string[]>[] {
  return Object.entries(options)
    .filter(([key]) => key !== 'help' && key !== 'version')
    .map(([key, option]) => {
      const long = longFlag(key);
      const short = option.short === undefined ? long : `-${option.short}`;
      if (option.value === undefined) return fc.constantFrom([long], [short]);
      const value = fc.constantFrom(...(readable[key] ?? odd));
      return fc.tuple(value, fc.nat(4)).map(([text, form]) => {
        const attached = [[`${long}=${text}`], [short === long ? `${long}=` : `${short}${text}`]];
        if (option.bare !== undefined) return [[long], [short], ...attached, [long]][form]!;
        return [...attached, [long, text], [short, text], [long, text]][form]!;
      });
    });
}

const odd = ['v', 'a=b', '-', '--', '-5', '', '--json', '-q'];

/** What those take that refuse the rest. */
const readable: Readonly<Record<string, readonly string[]>> = { color: ['always'], wait: ['1s'] };

function cluster({ options }: Command): fc.Arbitrary<string[]> {
  const letters = Object.values({ ...globalOptions, ...options })
    .map(({ short }: Option) => short)
    .filter((short) => short !== undefined && short !== 'h');
  const letter = fc.constantFrom(...(letters as string[]), '5', '-', '=', 'Z');
  return fc
    .array(letter, { minLength: 2, maxLength: 4 })
    .map((several) => [`-${several.join('')}`]);
}

/** Separators are the most telling of what may stand anywhere. */
function noise(): fc.Arbitrary<string[]> {
  const odd = [
    '--',
    '--',
    '--',
    '-',
    '--json',
    '--wrong',
    '-Z',
    '--json=1',
    '-q5',
    '-l-',
    '--=',
    '-=',
    '-.5',
  ];
  return fc.constantFrom(...odd).map((word) => [word]);
}

/** The same command with the values of its options left as they are. */
function asTexts(command: Command): Command {
  const options = Object.entries(command.options).map(([key, { parse: _, ...option }]) => [
    key,
    option,
  ]);
  return { ...command, options: Object.fromEntries(options) };
}
