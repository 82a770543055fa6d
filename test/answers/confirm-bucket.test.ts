import { describe, expect, it } from 'vitest';
import { controls } from '../support/odd-text.js';
import { type Kv, kvInMemory, onTerminal } from '../support/run-command.js';

async function kvWith(bucket: string, ...pairs: string[]): Promise<Kv> {
  const kv = kvInMemory();
  await kv(['bucket', 'create', bucket]);
  if (pairs.length > 0) await kv(['set-many', '-b', bucket, ...pairs]);
  return kv;
}

const holds = async (kv: Kv) => (await kv('keys --count -b old')).text;

describe.each(['clear', 'delete'])('bucket %s of a bucket that holds keys', (verb) => {
  it('asks a person for its name, and goes on when it is typed', async () => {
    const kv = await kvWith('old', 'a=1', 'b=2');
    const terminal = { ...onTerminal, answers: ['old'] };
    const { outcome, questions } = await kv(`bucket ${verb} old`, terminal);
    expect(outcome).toBe(0);
    expect(questions).toEqual([`${verb} bucket "old"? it holds 2 keys. Type its name to go on:`]);
  });

  it.each(['', 'Old', 'old ', 'yes'])('does nothing when %j is typed', async (answer) => {
    const kv = await kvWith('old', 'a=1');
    const terminal = { ...onTerminal, answers: [answer] };
    const { outcome, error, questions } = await kv(`bucket ${verb} old`, terminal);
    expect([outcome, error?.code]).toEqual([2, 'not-confirmed']);
    expect(error?.message).toBe(`did not ${verb} bucket "old": the name typed is another`);
    expect(questions[0]).toContain('it holds 1 key.');
    expect(await holds(kv)).toBe('1\n');
  });

  it('asks nothing with --confirm=NAME', async () => {
    const kv = await kvWith('old', 'a=1');
    const { outcome, questions } = await kv(`bucket ${verb} old --confirm=old`, onTerminal);
    expect([outcome, questions.length]).toEqual([0, 0]);
  });

  it('refuses where --confirm names another, and asks nothing', async () => {
    const kv = await kvWith('old', 'a=1');
    const { outcome, error, questions } = await kv(
      `bucket ${verb} old --confirm=older`,
      onTerminal,
    );
    expect([outcome, error?.code, questions.length]).toEqual([2, 'not-confirmed', 0]);
    expect(error?.message).toBe(`cannot ${verb} bucket "old": --confirm names "older"`);
    expect(await holds(kv)).toBe('1\n');
  });

  it.each([
    ['without a terminal', '', {}],
    ['with --no-input', ' --no-input', onTerminal],
  ] as const)('refuses %s', async (_, option, terminal) => {
    const kv = await kvWith('old', 'a=1');
    const { outcome, error } = await kv(`bucket ${verb} old${option}`, terminal);
    expect([outcome, error?.code]).toEqual([2, 'not-confirmed']);
    expect(error?.message).toBe(
      `cannot ${verb} bucket "old": it holds 1 key, and nobody can be asked`,
    );
    expect(error?.hint).toContain('--confirm=NAME');
    expect(await holds(kv)).toBe('1\n');
  });

  it('asks nothing where it is empty', async () => {
    const kv = await kvWith('old');
    const { outcome, questions } = await kv(`bucket ${verb} old`, onTerminal);
    expect([outcome, questions.length]).toEqual([0, 0]);
  });

  it('lets no control character of its name reach a terminal', async () => {
    const kv = await kvWith('o\u202eld', 'a=1');
    const terminal = { ...onTerminal, answers: ['o\u202eld'] };
    const { outcome, questions, stderr } = await kv(`bucket ${verb} o\u202eld`, terminal);
    expect(outcome).toBe(0);
    expect(questions[0]).not.toMatch(controls);
    expect(stderr.trimEnd()).not.toMatch(controls);
  });

  it('is an error for a bucket that is not there', async () => {
    const { outcome, error } = await (await kvWith('old'))(`bucket ${verb} other`);
    expect([outcome, error?.code]).toEqual([6, 'no-bucket']);
  });
});
