/** What a store cannot do is refused by name, and all the rest works. */
import { describe, expect, it } from 'vitest';
import { HeldTransaction } from '../../src/repl/held-transaction.js';
import { codeOfRejected } from '../support/error-code.js';
import { LimitedStore } from '../support/limited-store.js';
import { keyvalueOver } from '../support/open-test-store.js';
import { kvOver } from '../support/run-command.js';

const open = () => kvOver(keyvalueOver(new LimitedStore()));

describe('on a store without transactions', () => {
  it.each([
    ['exec --atomic', 'run a script with --atomic', 'without it, each line stands by itself'],
    [
      'copy a b --prefix',
      'copy keys by their prefix',
      'without --prefix, each key is a copy of its own',
    ],
    ['import --atomic', 'import with --atomic', 'without it, --skip goes on after an error'],
    [
      'import --mode replace',
      'import with --mode replace',
      'try: kv bucket clear, and then kv import',
    ],
  ])('%s is refused, with what can be done instead', async (words, action, hint) => {
    const kv = open();
    const { outcome, error } = await kv(words, { stdin: '{"key":"a","value":"1"}\n' });
    expect(outcome).toBe(2);
    expect(error).toMatchObject({ code: 'not-supported', hint });
    expect(error?.message).toMatch(
      new RegExp(`^cannot ${action}: store ":memory:" does not support (transactions|drafts)$`),
    );
    expect(kv.keyvalue.buckets.list().every(({ keys }) => keys === 0)).toBe(true);
  });

  it('begin is refused at the prompt', async () => {
    const begin = HeldTransaction.begin(open().keyvalue);
    expect(await codeOfRejected(begin)).toBe('not-supported');
  });

  it('exec runs each line by itself', async () => {
    const kv = open();
    const { outcome, text } = await kv('exec', { stdin: 'set a 1\nincr a 41\nset b 2\nget a\n' });
    expect([outcome, text]).toEqual([0, '42\n42']);
  });

  it('records are written one by one, many at a time, and loaded', async () => {
    const kv = open();
    const records = '{"key":"a","value":"1"}\n{"key":"b","value":"2"}\n';
    expect((await kv('import', { stdin: records })).outcome).toBe(0);
    expect((await kv('copy a c')).outcome).toBe(0);
    expect((await kv('rename b d')).outcome).toBe(0);
    expect((await kv('set e 5 --if-absent')).outcome).toBe(0);
    expect((await kv('cas e 5 6')).outcome).toBe(0);
    expect((await kv('keys')).text).toBe('a\nc\nd\ne\n');
  });
});
