import { expect, it } from 'vitest';
import { registry } from '../../src/commands/index.js';
import { globalOptions } from '../../src/line/globals.js';
import { longFlag } from '../../src/line/spelling.js';
import { synonymEntries } from '../../src/line/synonyms.js';
import { findPlace } from '../../src/line/verbs.js';
import { Shell } from '../support/shell.js';

/** Verbs of the prompt, which the registry of the command line does not list. */
const sessionVerbs = ['use', 'begin', 'commit', 'rollback', 'exit', 'clear'];

it('every synonym names a verb, with an option that it takes', async () => {
  for (const [word, phrases] of synonymEntries) {
    for (const phrase of phrases) {
      const [, verb = '', flag] = /^([^-]*?) ?(--.*)?$/.exec(phrase)!;
      if (sessionVerbs.includes(verb)) continue;
      const entry = registry.find(({ name }) => name === verb);
      const options = entry ? (await entry.load()).options : globalOptions;
      expect([word, entry !== undefined || verb === '']).toEqual([word, true]);
      if (flag) expect(Object.keys(options).map(longFlag)).toContain(flag);
    }
  }
});

it.each([
  ['GET', 'unknown verb "GET": did you mean "get"?'],
  ['Bucket List', 'unknown verb "Bucket": did you mean "bucket"?'],
  ['put', 'unknown verb "put": here that is "set"'],
  ['FLUSHALL', 'unknown verb "FLUSHALL": here that is "bucket clear"'],
  ['list', 'unknown verb "list": here that is "keys"'],
  ['cat', 'unknown verb "cat": here that is "get"'],
  ['dump', 'unknown verb "dump": here that is "export"'],
  ['scan', 'unknown verb "scan": here that is "keys"'],
  ['dbsize', 'unknown verb "dbsize": here that is "keys --count"'],
  ['version', 'unknown verb "version": here that is "--version"'],
  ['multi', 'unknown verb "multi": here that is "exec --atomic"'],
  ['gte', 'unknown verb "gte": did you mean "get"?'],
  ['.tables', 'unknown verb ".tables": here that is "bucket list"'],
  ['.help', 'unknown verb ".help": here that is "help"'],
  ['create', 'unknown verb "create": here that is "bucket create"'],
  ['use', 'unknown verb "use": here that is "--bucket"'],
  ['SELECT', 'unknown verb "SELECT": here that is "--bucket"'],
  ['begin', 'unknown verb "begin": here that is "exec --atomic"'],
  ['.quit', 'unknown verb ".quit": there is nothing like it here'],
  ['exit', 'unknown verb "exit": there is nothing like it here'],
  ['TTL', 'unknown verb "TTL": here that is "stat"'],
  ['SETEX', 'unknown verb "SETEX": here that is "set --ttl"'],
  ['snapshot', 'unknown verb "snapshot": here that is "store backup"'],
  ['vacuum', 'unknown verb "vacuum": here that is "store compact"'],
  ['HGET', 'unknown verb "HGET": there is nothing like it here'],
  ['unlock', 'unknown verb "unlock": there is nothing like it here'],
  ['constructor', 'unknown verb "constructor"'],
])('%s is told: %s', (name, message) => {
  expect(() => findPlace([name.split(' ')[0]!], registry)).toThrow(
    expect.objectContaining({ message }),
  );
});

it('a member of a group has synonyms too', () => {
  expect(() => findPlace(['bucket', 'drop'], registry)).toThrow('here that is "bucket delete"');
  expect(() => findPlace(['store', 'ls'], registry)).toThrow('here that is "bucket list"');
});

it('a script, and an option that others have, are told so as well', async () => {
  const shell = new Shell();
  const { stderr } = await shell.run('kv exec', { stdin: 'PUT k v\n' });
  expect(stderr).toMatch(/^kv: stdin:1: unknown verb "PUT": here that is "set"\n/);
  for (const flag of ['-v', '-V']) {
    const { status, stderr } = await shell.run(`kv ${flag}`);
    expect([status, stderr.split('\n')[0]]).toEqual([
      2,
      `kv: unknown option "${flag}": did you mean "--version"?`,
    ]);
  }
});

it.each([
  ['kv keys --match x', '"--match": did you mean "--glob"?'],
  ['kv set k v --ex 10', '"--ex": did you mean "--ttl"?'],
  ['kv bucket clear b --force', '"--force": did you mean "--confirm"?'],
  ['kv delete --prefix p --force', '"--force": did you mean "--yes"?'],
  ['kv export --csv', '"--csv": did you mean "--format"?'],
  ['kv get k --nx', '"--nx": a word that is no option goes after "--"'],
])('%s is told: %s', async (line, told) => {
  const { stderr } = await new Shell().run(line);
  expect(stderr.split('\n')[0]).toBe(`kv: unknown option ${told}`);
});

it('what a message quotes looks as it does in a list', async () => {
  const shell = new Shell();
  const name = '\x1b[31m\n\u202e';
  const shown = '\\x1b[31m\\n\\u{202e}';
  const env = { NAME: name };
  for (const script of [
    'kv "$NAME"',
    'kv get "$NAME"',
    'kv get k "$NAME"',
    'kv get k --offset "$NAME"',
    'kv keys "--$NAME"',
    'kv keys -b "$NAME"',
    'kv set k -f "$NAME"',
    'kv import "$NAME"',
    'kv set k v; kv get k -o "$NAME/"',
    'kv run "$NAME"',
  ]) {
    const { stderr } = await shell.run(script, { env });
    expect(stderr.split('\n')[0]).toContain(shown);
  }
});

it('a word of other tools is not taken for a verb that it resembles', async () => {
  for (const [word] of synonymEntries) {
    const isThere = registry.some(({ name, aliases }) => [name, ...aliases].includes(word));
    if (isThere || word.includes(' ')) continue;
    expect(() => findPlace([word], registry)).toThrow(/here/);
  }
});
