import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyTree, type TreeLine } from '../../src/answers/key-tree.js';

/** Of keys that come in two parts, with a pause after each. */
function linesOf(keys: readonly string[], separator: string): TreeLine[] {
  const middle = Math.floor(keys.length / 2);
  const lines = [...keyTree([keys.slice(0, middle), keys.slice(middle)], separator)];
  expect(lines).toContain(undefined);
  return lines.filter((line) => line !== undefined);
}

/** The same by grouping whole lists, in the order in which the groups come. */
function naiveTree(keys: readonly string[], separator: string, depth = 0): TreeLine[] {
  const branches = new Map<string, string[]>();
  for (const key of keys) {
    const [head, ...rest] = key.split(separator);
    const name = rest.length === 0 ? `leaf ${head}` : `branch ${head}`;
    branches.set(name, [...(branches.get(name) ?? []), rest.join(separator)]);
  }
  return [...branches].flatMap(([name, below]): TreeLine[] => {
    const [, kind, head] = name.match(/^(leaf|branch) (.*)$/su)!;
    if (kind === 'leaf') return [{ depth, name: head! }];
    const line = { depth, name: head! + separator, keys: below.length };
    return [line, ...naiveTree(below, separator, depth + 1)];
  });
}

const aKey = fc.string({
  unit: fc.constantFrom('/', 'a', 'b', '.', '0'),
  minLength: 1,
  maxLength: 8,
});
const sorted = (keys: readonly string[]) =>
  [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

describe('keyTree()', () => {
  it('is the tree that grouping gives', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(aKey, { maxLength: 12 }),
        fc.constantFrom('/', '//', '.', 'a/'),
        fc.boolean(),
        (keys, separator, reverse) => {
          const ordered = reverse ? sorted(keys).reverse() : sorted(keys);
          expect(linesOf(ordered, separator)).toEqual(naiveTree(ordered, separator));
        },
      ),
    );
  });

  it('has a line for every key, and counts that add up to them', () => {
    fc.assert(
      fc.property(fc.uniqueArray(aKey), (keys) => {
        const lines = linesOf(sorted(keys), '/');
        expect(lines.filter((line) => line.keys === undefined)).toHaveLength(keys.length);
        const top = lines.filter(({ depth }) => depth === 0);
        expect(top.reduce((sum, line) => sum + (line.keys ?? 1), 0)).toBe(keys.length);
      }),
    );
  });

  it('shows a branch as soon as its last key has come', () => {
    const taken: string[] = [];
    function* keys() {
      for (const key of ['a/1', 'a/2', 'b', 'c']) {
        taken.push(key);
        yield [key];
      }
    }
    const lines = keyTree(keys(), '/');
    let { value } = lines.next();
    while (value === undefined) ({ value } = lines.next());
    expect(value).toEqual({ depth: 0, name: 'a/', keys: 2 });
    expect(taken).toEqual(['a/1', 'a/2', 'b']);
  });
});
