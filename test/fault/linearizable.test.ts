/**
 * Processes that write the same keys at once. Their counts are exact, and what each was answered could
 * have come from one copy of the store that makes one operation after another.
 */
import { describe, expect, it, test } from 'vitest';
import { isFull, LONG_MS } from '../support/length.js';
import { randomNumbers } from '../support/random.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { Coprocess } from './coprocess.js';
import { runKv } from './kv-process.js';
import { contradiction, impossible, type Operation, type State } from './linearizable.js';

const PROCESSES = 8;

/** How long they write, in ms, in the full form; and how many operations each of them makes in the short one. */
const LENGTH_MS = 60_000;
const OPERATIONS = 80;

/** Of how many of its operations, from 0 to 1, each of them counts one. */
const COUNTED = 0.25;

/** What they all write, few enough that operations meet. */
const KEYS = ['a', 'b', 'c'];

/** One line of `kv exec`, and what its answer says of the key before and after. */
interface Kind {
  line(key: string, number: number): string;
  step(before: State, answer: Answer, number: number): State | typeof impossible;
}

/** What a line of `kv exec --json` prints: on stdout, and of an error the code. */
interface Answer {
  readonly value?: string | number | null;
  readonly deleted?: number;
  readonly swapped?: boolean;
  readonly code?: string;
}

/** The state after, where the answer is what the state before has to give. */
const given = (isRight: boolean, state: State) => (isRight ? state : impossible);

const KINDS: readonly Kind[] = [
  {
    line: (key, number) => `set ${key} ${number}`,
    step: (_, { code }, number) => given(code === undefined, `${number}`),
  },
  {
    line: (key, number) => `set ${key} ${number} --if-absent`,
    step: (before, { code }, number) =>
      code === 'condition-failed'
        ? given(before !== undefined, before)
        : given(before === undefined, `${number}`),
  },
  {
    line: (key, number) => `set ${key} ${number} --get`,
    step: (before, { value }, number) => given((value ?? undefined) === before, `${number}`),
  },
  {
    line: (key) => `get ${key}`,
    step: (before, { value, code }) =>
      given(code === 'absent' ? before === undefined : value === before, before),
  },
  {
    line: (key) => `delete ${key}`,
    step: (before, { deleted }) => given(deleted === (before === undefined ? 0 : 1), undefined),
  },
  {
    line: (key) => `take ${key}`,
    step: (before, { value, code }) =>
      given(code === 'absent' ? before === undefined : value === before, undefined),
  },
  {
    line: (key) => `expire ${key} 2001-01-01`,
    step: (before, { code }) => given((code === 'absent') === (before === undefined), undefined),
  },
  {
    line: (key, number) => `expire ${key} ${number % 2 === 0 ? 'never' : '1h'}`,
    step: (before, { code }) => given((code === 'absent') === (before === undefined), before),
  },
  {
    line: (key) => `incr ${key} 7`,
    step: (before, { value }) => given(`${value}` === `${Number(before ?? 0) + 7}`, `${value}`),
  },
  {
    // Numbers of `set` that are this small are common, so that many of these hold.
    line: (key, number) => `cas ${key} ${number % 16} ${number}`,
    step: (before, { swapped }, number) => {
      const holds = before === `${number % 16}`;
      return given(swapped === holds, holds ? `${number}` : before);
    },
  },
];

describe('of a history', () => {
  const operation = (text: string, called: number, returned: number, step: Operation['step']) => ({
    text,
    called: BigInt(called),
    returned: BigInt(returned),
    step,
  });
  const write = (value: string, from: number, to: number) =>
    operation(`set ${value}`, from, to, () => value);
  const read = (value: State, from: number, to: number) =>
    operation(`get ${value}`, from, to, (before) => given(before === value, before));

  it('a read may see a write that is under way, or not yet', () => {
    const during = [write('1', 0, 10), read(undefined, 1, 2), read('1', 3, 4)];
    expect(contradiction(during, undefined)).toBe(undefined);
  });

  it('a read that goes back to the value before is found', () => {
    const back = [write('1', 0, 10), read('1', 1, 2), read(undefined, 3, 4)];
    expect(contradiction(back, undefined)?.operation).toBe(back[2]);
  });

  it('a lost update is found', () => {
    const add = (sum: number, from: number, to: number) =>
      operation(`incr ${sum}`, from, to, (before) =>
        given(Number(before ?? 0) + 1 === sum, `${sum}`),
      );
    const lost = [add(1, 0, 5), add(1, 1, 6)];
    expect(contradiction(lost, undefined)).toEqual({ operation: lost[1], states: ['1'] });
  });
});

test(
  'eight processes: the counts are exact, and the history of three keys is linearizable',
  async () => {
    const folder = temporaryFolder();
    await runKv(folder, ['-s', 'store', 'set', 'total', '0']);
    const history = new Map<string, Operation[]>(KEYS.map((key) => [key, []]));
    let counted = 0;

    const processes = Array.from({ length: PROCESSES }, () => new Coprocess(folder, 'store'));
    await Promise.all(processes.map((kv) => kv.ask('exists total')));
    const end = Date.now() + LENGTH_MS;
    const work = async (kv: Coprocess, index: number) => {
      const random = randomNumbers(index);
      const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!;
      for (let made = 0; isFull ? Date.now() < end : made < OPERATIONS; made++) {
        if (random() < COUNTED) {
          const { code, message } = await kv.ask('incr total');
          expect({ code, message }).toEqual({});
          counted++;
        }
        const kind = pick(KINDS);
        const key = pick(KEYS);
        const number = Math.floor(random() * (random() < 0.5 ? 16 : 1e9));
        const text = kind.line(key, number);
        const called = process.hrtime.bigint();
        const answer: Answer = await kv.ask(text);
        history.get(key)!.push({
          text: `${text} -> ${JSON.stringify(answer)}`,
          called,
          returned: process.hrtime.bigint(),
          step: (before) => kind.step(before, answer, number),
        });
      }
      await kv.end();
    };
    await Promise.all(processes.map(work));

    const { stdout } = await runKv(folder, ['-s', 'store', 'get', 'total']);
    expect(Number(stdout)).toBe(counted);
    for (const key of KEYS) {
      const found = contradiction(history.get(key)!, undefined);
      expect(found && { key, text: found.operation.text, states: found.states }).toBe(undefined);
    }
    const operations = [...history.values()].reduce((sum, { length }) => sum + length, 0);
    process.stdout.write(
      `linearizable: ${operations} operations on ${KEYS.length} keys, ${counted} counts, ` +
        `of ${PROCESSES} processes\n`,
    );
  },
  LONG_MS,
);
