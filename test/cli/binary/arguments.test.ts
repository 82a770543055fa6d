/** Words that are not UTF-8: Node replaces their bytes, which must not go into a store. */
import { describe, expect, it } from 'vitest';
import { expectRefusal } from '../../support/refusal.js';
import { Shell } from '../../support/shell.js';

const replaced = '\ufffd';

describe('an argument that is not UTF-8', () => {
  it.each([
    ['a key', `set $'\\xff' v`, replaced],
    ['half a surrogate pair', `get $'\\xed\\xa0\\x80'`, replaced.repeat(3)],
    ['a store', `-s $'x\\xff' set k v`, `x${replaced}`],
    ['an overlong form', `get $'\\xc0\\x80'`, replaced.repeat(2)],
    ['a cut character', `get $'\\xe2\\x82'`, replaced],
    ['the value of an option', `get k --default=$'\\xff'`, `--default=${replaced}`],
    ['one of many', `delete a $'\\xff' b`, replaced],
    ['one beside an empty one', `get-many '' $'\\xff'`, replaced],
    ['one after --', `set -- $'\\xff' v`, replaced],
  ])('is refused: %s', async (_, words, shown) => {
    const shell = new Shell();
    expectRefusal(await shell.run(`kv ${words}`), {
      status: 2,
      message: `cannot take the argument "${shown}": it is not UTF-8`,
    });
    expect(await shell.succeed('kv keys')).toBe('');
    expect(shell.files()).toEqual([]);
  });

  it('is refused with the way to store any bytes where it is a value', async () => {
    expectRefusal(await new Shell().run(`kv -b default set k $'caf\\xe9'`), {
      status: 2,
      message: `cannot take the argument "caf${replaced}": it is not UTF-8`,
      hint: /^a value of any bytes comes through a pipe or from a file: kv set KEY < FILE$/,
    });
  });

  it('is named although a real U+FFFD stands before it', async () => {
    const { stderr } = await new Shell().run(`kv set ${replaced} $'x\\xff'`);
    expect(stderr).toContain(`"x${replaced}"`);
  });

  it('is an object with --json', async () => {
    const { status, stderr } = await new Shell().run(`kv --json get $'\\xff'`);
    expect([status, JSON.parse(stderr).error.code]).toEqual([2, 'usage']);
  });
});

describe('a U+FFFD that was typed', () => {
  it('is a character like any other', async () => {
    const shell = new Shell();
    await shell.succeed(`kv set ${replaced} 'a${replaced}b'; kv set "" x || kv set ${replaced}2 v`);
    expect(await shell.succeed('kv keys')).toBe(`${replaced}\n${replaced}2\n`);
    expect(await shell.succeed(`kv get ${replaced}`)).toBe(`a${replaced}b`);
  });
});

describe('any other argument', () => {
  it('is taken as it is', async () => {
    const shell = new Shell();
    await shell.succeed(`kv set 'a@b C ünï 😀' "$(printf 'two\\nlines')"`);
    expect(await shell.succeed(`kv get 'a@b C ünï 😀'`)).toBe('two\nlines');
  });
});

describe('a current folder whose name is not UTF-8', () => {
  it('is worked in like any other', async () => {
    const shell = new Shell();
    expect(
      await shell.succeed(`set -e; mkdir $'x\\xff'; cd $'x\\xff'
        kv -s store set a b; kv -s store export -o out; kv -s store import -q out
        kv -s store set -f out c; kv -s store get c -o copy; cmp out copy; kv -s store get a; ls`),
    ).toBe('bcopy\nout\nstore\n');
  });
});
