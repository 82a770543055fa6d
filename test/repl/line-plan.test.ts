import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteWord } from '../../src/line/quotes.js';
import { isUnfinished, linesOf, planOf } from '../../src/repl/line-plan.js';
import { codeOf } from '../support/error-code.js';

const word = fc.string({ unit: fc.constantFrom(...' |<>\'"\\$#\n\t\x1b12ab\u202e'), maxLength: 8 });

describe('a line', () => {
  it('has a verb and its words', () => {
    expect(planOf("get 'a b'")).toEqual({ times: 1, words: ['get', 'a b'] });
  });

  it('holds nothing where it is empty or a comment', () => {
    expect(planOf('  ')).toBeUndefined();
    expect(planOf('# get k')).toBeUndefined();
  });

  it('repeats its verb for a number in front', () => {
    expect(planOf('3 incr n')).toEqual({ times: 3, words: ['incr', 'n'] });
    expect(planOf('0 incr n')?.times).toBe(1);
    expect(planOf("'3' incr n")?.words).toEqual(['3', 'incr', 'n']);
  });

  it('has what follows its first pipe for the shell, as it was typed', () => {
    expect(planOf(`get 'a|b' | jq ".x | length" > f`)).toMatchObject({
      words: ['get', 'a|b'],
      output: { kind: 'pipe', command: 'jq ".x | length" > f' },
    });
  });

  it.each([
    '| jq',
    'get k |',
    'get k >',
    'get k > | x',
    'get k > a > b',
    'get k > a | b',
    'set k < a < b',
    'get k 2> f',
    '3',
    '9999999999 incr n',
  ])('%j is refused', (line) => {
    expect(codeOf(() => planOf(line))).toBe('usage');
  });

  it.each(
    '2> 2>> 0< 12> >& <& &> &>> 2>&1 << <<- <<< >| >! >>! <> >( <( & ; ;; && || |& ` $('.split(' '),
  )('refuses %j by its name, and takes it in quotes for text', (sign) => {
    const name = sign === '2>&1' ? '2>&' : sign;
    for (const line of [`get k ${sign} f`, `get k ${sign}f`, `get k ${sign}`]) {
      expect(() => planOf(line)).toThrow(`"${name}"`);
    }
    for (const quoted of [`'${sign}'`, `"${sign}"`]) {
      expect(planOf(`set k ${quoted}`)?.words).toEqual(['set', 'k', sign]);
    }
    expect(planOf(`get k | cat ${sign}`)?.output).toMatchObject({ command: `cat ${sign}` });
  });

  it('refuses what stands in the middle of a word, and keeps what only a shell would expand', () => {
    expect(() => planOf('set k a&b')).toThrow('"&"');
    expect(() => planOf('set k a;')).toThrow('";"');
    expect(() => planOf('set k `date`')).toThrow('"`"');
    expect(planOf('set k $HOME ~ * ! {a,b} (c)')?.words.slice(2)).toEqual(
      '$HOME ~ * ! {a,b} (c)'.split(' '),
    );
  });

  it('goes on while a quote is open, but not for one behind a pipe', () => {
    expect(isUnfinished("set k 'a")).toBe(true);
    expect(isUnfinished('set k a\\')).toBe(true);
    expect(isUnfinished("get k | sed 's/a")).toBe(false);
    expect(isUnfinished('get k')).toBe(false);
  });

  it('that was pasted is as many as it was, with those that a quote joins', () => {
    expect([...linesOf("get a\nset b 'x\ny'\nget c")]).toEqual(['get a', "set b 'x\ny'", 'get c']);
  });

  it('that begins with ! is over where it ends, whatever quotes it has', () => {
    expect(isUnfinished("!echo it's")).toBe(false);
    expect([...linesOf("!echo it's\nget c")]).toEqual(["!echo it's", 'get c']);
  });

  it('gives back any words and any files that were quoted into it', () => {
    const verb = fc.constant('verb');
    const output = fc.option(fc.tuple(fc.constantFrom('>', '>>'), word), { nil: undefined });
    fc.assert(
      fc.property(
        verb,
        fc.array(word),
        output,
        fc.option(word, { nil: undefined }),
        (first, rest, to, from) => {
          const words = [first, ...rest];
          const parts = words.map(quoteWord);
          // A redirect may stand anywhere behind the verb.
          if (to) parts.splice(1, 0, `${to[0]} ${quoteWord(to[1])}`);
          if (from !== undefined) parts.push(` <${quoteWord(from)}`);
          const plan = planOf(parts.join(' '));
          expect(plan?.words).toEqual(words);
          expect(plan?.input).toBe(from);
          expect(plan?.output).toEqual(
            to && { kind: to[0] === '>' ? 'file' : 'append', path: to[1] },
          );
        },
      ),
      { numRuns: 1000 },
    );
  });
});
