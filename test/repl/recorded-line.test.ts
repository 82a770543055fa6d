import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { registry } from '../../src/commands/index.js';
import { quoteWord } from '../../src/line/quotes.js';
import { recordedLine } from '../../src/repl/recorded-line.js';

describe('what of a line is written down', () => {
  it.each([
    ['get k', 'get k'],
    ["get 'a b' --format hex", "get 'a b' --format hex"],
    ['set k secret', 'set k'],
    ['set k "two secrets"', 'set k'],
    ['set k one secret too many', 'set k'],
    ['set k secret --if-absent', 'set k --if-absent'],
    ['-b other set k secret', '-b other set k'],
    ['set -- k secret', 'set -- k'],
    ['set k --wrong secret', 'set k'],
    ['set k secret > file', 'set k > file'],
    ['set k secret # secret', 'set k'],
    ['3 set k secret', '3 set k'],
    ['set k -f file', 'set k -f file'],
    ['cas k 41 42', 'cas k'],
    ['set-many a=secret b=secret', 'set-many a= b='],
    ["mset 'a b=secret'", "mset 'a b='"],
    ['mset secret', "mset ''"],
    ['set k secret --if-value secret', 'set k --if-value'],
    ['set k --if-value=secret secret --get', 'set k --if-value --get'],
    ['delete k --if-value "two secrets" -q', 'delete k --if-value -q'],
    ['get k | jq ".a"', 'get k | jq ".a"'],
  ])('of %j is %j', async (line, recorded) => {
    expect(await recordedLine(line, registry)).toBe(recorded);
  });

  it.each(['sett k secret', 'k secret', 'secret', '--wrong set k secret', 'set k secret >'])(
    'is nothing of %j',
    async (line) => {
      expect(await recordedLine(line, registry)).toBeUndefined();
    },
  );

  it('is never a value, wherever it stands', async () => {
    const value = fc
      .string({ unit: fc.constantFrom(...' \'"\\$#|<>-=ab'), minLength: 1, maxLength: 6 })
      .map((text) => `SECRET${text}`);
    await fc.assert(
      fc.asyncProperty(
        value,
        fc.array(fc.constantFrom('--if-absent', '-q', '--json')),
        async (secret, options) => {
          const words = ['set', ...options, 'key', secret].map(quoteWord);
          expect(await recordedLine(words.join(' '), registry)).toBe(words.slice(0, -1).join(' '));
        },
      ),
      { numRuns: 300 },
    );
  });
});
