/** The registry as it is: what help says of every verb, and what holds of them all. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createManual } from '../../src/cli/help.js';
import type { Command } from '../../src/command.js';
import { registry } from '../../src/commands/index.js';
import { parse } from '../../src/line/invocation.js';
import { groupOf } from '../../src/line/verbs.js';

const manual = createManual(registry, '0.0.0');
const groups = [...new Set(registry.map(({ name }) => groupOf(name)).filter(Boolean))] as string[];
const fileOf = (name: string) => name.replaceAll(' ', '-');

describe('the help', () => {
  it.each(['', ...groups, ...registry.map(({ name }) => name)])('of kv %s', async (topic) => {
    const text = await manual.help(topic);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(text).not.toMatch(/[^\n -~]| \n|\n\n\n/);
    await expect(text).toMatchFileSnapshot(`help/${fileOf(topic) || 'kv'}.txt`);
  });

  it.each(['', ...groups, ...registry.map(({ name }) => name)])(
    'of kv %s fits narrower terminals, but for what has to be copied',
    async (topic) => {
      const entry = registry.find(({ name }) => name === topic);
      const examples = (await entry?.load())?.examples.map(({ line }) => `  ${line}`) ?? [];
      const words = wordsOf(await manual.help(topic));
      for (const [terminal, columns] of [
        [20, 40],
        [40, 40],
        [53, 53],
        [60, 60],
        [80, 80],
        [200, 80],
      ] as const) {
        const text = await manual.help(topic, terminal);
        expect(text).not.toMatch(/[^\n -~]| \n|\n\n\n/);
        expect(wordsOf(text)).toEqual(words);
        const lines = text.split('\n');
        const wide = lines.filter((line) => line.length > columns);
        expect(wide.filter((line) => !examples.includes(line))).toEqual([]);
        for (const line of examples) {
          const shown = lines.find((one) => one.startsWith(line));
          // Alone, or with what it does beside it.
          expect(shown?.slice(line.length)).toMatch(/^$|^ {2,}\S/);
        }
      }
    },
  );

  it('has a snapshot of nothing else', () => {
    const topics = ['kv', ...groups, ...registry.map(({ name }) => fileOf(name))];
    const files = topics.map((topic) => `${topic}.txt`);
    expect(readdirSync(join(import.meta.dirname, 'help')).sort()).toEqual(files.sort());
  });
});

function wordsOf(text: string): string[] {
  return text.split(/\s+/);
}

describe('the registry', () => {
  it('has each name once, aliases and groups included', () => {
    const names = registry.flatMap(({ name, aliases }) => [name, ...aliases]);
    expect(new Set([...names, ...groups]).size).toBe(names.length + groups.length);
  });

  it('has an alias of a member in the same group', () => {
    for (const { name, aliases } of registry) {
      for (const alias of aliases) expect(groupOf(alias)).toBe(groupOf(name));
    }
  });

  it('has the file of every verb, and a verb for every file that declares one', async () => {
    const folder = join(import.meta.dirname, '../../src/commands');
    const declaring: string[] = [];
    for (const file of readdirSync(folder)) {
      const name = file.replace(/\.ts$/, '');
      if ('command' in (await import(`../../src/commands/${name}.ts`))) declaring.push(name);
    }
    expect(declaring.sort()).toEqual(registry.map(({ name }) => fileOf(name)).sort());
  });
});

describe.each(registry.map((entry) => ({ entry, name: entry.name })))('kv $name', ({ entry }) => {
  const load = (): Promise<Command> => entry.load();

  it('is the verb of its file and of its line in the registry', async () => {
    const command = await load();
    expect(command).toBe((await import(`../../src/commands/${fileOf(entry.name)}.ts`)).command);
    expect(command.name).toBe(entry.name);
    expect(command.aliases ?? []).toEqual(entry.aliases);
    expect(entry.name).toMatch(/^[a-z]+(-[a-z]+)*( [a-z]+(-[a-z]+)*)?$/);
  });

  it('has a summary of one line without a full stop, and one for each word it takes', async () => {
    const command = await load();
    const taken = [...command.arguments, ...Object.values(command.options)];
    for (const summary of [command.summary, ...taken.map((one) => one.summary)]) {
      expect(summary).toMatch(/^\S.*[^.\s]$/);
    }
    expect(command.summary).toMatch(/^[A-Z]/);
  });

  it('has details that end with a full stop, where it has any', async () => {
    const { details } = await load();
    // Or with a sample, which is indented.
    if (details) expect(details.trimEnd().split('\n').at(-1)).toMatch(/^ |\.$/);
  });

  it('has options with names and letters of their own', async () => {
    const { options } = await load();
    const letters = Object.values(options).flatMap(({ short }) => (short ? [short] : []));
    expect(new Set(letters).size).toBe(letters.length);
    for (const name of Object.keys(options)) expect(name).toMatch(/^[a-z][a-zA-Z0-9]*$/);
  });

  it('has examples, which its command line understands', async () => {
    const { examples } = await load();
    expect(examples.length).toBeGreaterThan(0);
    const mentioned: string[] = [];
    for (const { line, summary } of examples) {
      expect(summary).toMatch(/^\S.*[^.\s]$/);
      for (const [command] of line.matchAll(/\bkv [^|<>&;()]*/g)) {
        const words = command.replaceAll(/["']/g, '').trim().split(/ +/).slice(1);
        const invocation = await parse(words, registry, {});
        if (invocation.kind === 'run') mentioned.push(invocation.command.name);
        else mentioned.push(String(invocation.kind));
      }
    }
    expect(mentioned).toContain(entry.name);
  });
});
