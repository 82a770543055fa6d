/** Every block of the README, run as it stands, by somebody who has just installed kv. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFailed, test } from 'vitest';
import { hasRedis } from './support/redis-server.js';
import { Shell, until } from './support/shell.js';
import { hasTmux, Screen } from './support/tmux.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');

const blocks = [...readme.matchAll(/^```(.+)\n([\s\S]*?)\n```$/gm)].map(([, kind, text]) => ({
  kind: kind!,
  text: text!,
}));

function blocksOf(kind: string): string[] {
  return blocks.filter((block) => block.kind === kind).map(({ text }) => text);
}

/** A prompt with nothing behind it: bash's, or that of kv. */
const barePrompt = /^(\$|store:\w+\*?>)$/;
const typedLine = /^(?:\$|store:\w+\*?>) (.+)$/;

/** Wide enough for each line of a block. */
const COLUMNS = 110;
const ROWS = 60;

/** A shell in a folder that has the examples of the package. */
function newShell(): Shell {
  const shell = new Shell();
  symlinkSync(join(root, 'examples'), join(shell.folder, 'examples'));
  return shell;
}

/** Types the lines of a block that stand behind a prompt; what the screen shows in the end. */
async function played(screen: Screen, block: string): Promise<string> {
  await screen.type('clear');
  let typed = 0;
  let lines: string[] = [];
  onTestFailed(() => console.error(lines.join('\n')));
  const ready = async () => {
    lines = (await screen.wholeLines()).join('\n').trimEnd().split('\n');
    const entered = lines.filter((line) => typedLine.test(line)).length;
    return barePrompt.test(lines.at(-1)!) && entered === typed;
  };
  await until(ready);
  for (const line of block.split('\n')) {
    const [, input] = typedLine.exec(line) ?? [];
    if (input === undefined) continue;
    if (lines.at(-1) !== '$') await screen.readsKeys();
    await screen.type(input);
    typed += 1;
    await until(ready);
  }
  const shown = lines.slice(0, -1).join('\n');
  if (lines.at(-1) !== '$') {
    await screen.press('C-d');
    await until(async () => (await screen.wholeLines()).join('\n').trimEnd().endsWith('\n$'));
  }
  return shown;
}

test('blocks are of the kinds that are run here, or derived from kv itself', () => {
  const kinds = new Set(blocks.map(({ kind }) => kind));
  expect([...kinds].sort()).toEqual(['bash', 'console', 'js', 'sh', 'text']);
});

const canPlay = hasTmux && spawnSync('jq', ['--version']).status === 0;

test.skipIf(!canPlay)('what the README shows is what a terminal shows, in one store', async () => {
  const screen = await Screen.open(newShell());
  await screen.resize(COLUMNS, ROWS);
  await screen.type("PS1='$ '");
  const shown: string[] = [];
  for (const block of blocksOf('console')) shown.push(await played(screen, block));
  expect(shown.join('\n\n')).toBe(blocksOf('console').join('\n\n'));
});

test.each(blocksOf('bash'))('a script prints what its comments say: %s', async (script) => {
  const answers = [...script.matchAll(/ # (.*)$/gm)].map(([, answer]) => `${answer}\n`);
  expect(answers).not.toEqual([]);
  expect(await newShell().succeed(script)).toBe(answers.join(''));
});

describe('the lines to copy:', () => {
  const [setUp, testing, tally, visits, redis = '', ...others] = blocksOf('sh');
  const transpiling = [tally, visits];

  test('there are five, which the tests below run', () => {
    expect(others).toEqual([]);
    for (const lines of transpiling) expect(lines).toMatch(/^npx @bytecodealliance\/jco /);
  });

  // .ci/run runs `npm ci` in a clean checkout, and these tests.
  const [, first = ''] = /^npm ci && (.*)$/.exec(setUp ?? '') ?? [];

  test(`(npm ci &&) ${first}`, async () => {
    const listing = await new Shell().succeed(`cd ${root} && ${first}`);
    expect(listing.split('\n')).toContain('src/main.ts');
  });

  test.skip(`${testing}: these are its tests`, () => {});

  // It takes the time that six servers need until they are a cluster.
  test.skipIf(!hasRedis)(`${redis}`, async () => {
    const [, start, first, second] = redis.split('\n').map((line) => line.replace(/ +#.*$/, ''));
    const shell = newShell();
    await shell.succeed('kv -s ./folder set moved here');
    const lines = `${first}\n${second}\nkv -s "$KV_STORE/house" get moved`;
    writeFileSync(join(shell.folder, 'lines'), lines);
    const inShell = start!.replace('scripts/', `${root}scripts/`);
    expect(await shell.succeed(`${inShell} lines`)).toBe('hellohere');
  });

  const installed = join(process.env.KV_JCO ?? '/none', 'node_modules');

  // 340 MB to install, so no dependency: KV_JCO names a folder where it is, as .ci/run makes one.
  test.skipIf(process.env.KV_JCO === undefined)(`${transpiling.join('; ')}`, async () => {
    const shell = newShell();
    const modules = join(shell.folder, 'node_modules');
    mkdirSync(modules);
    for (const name of readdirSync(installed))
      symlinkSync(join(installed, name), join(modules, name));
    symlinkSync(root, join(modules, 'wasi-keyvalue'));
    writeFileSync(join(shell.folder, 'keyvalue.js'), blocksOf('js')[0]!);
    await shell.succeed(transpiling.join('\n'));
    expect(await shell.succeed('kv -s my-store get runs; kv -s my-store get visits')).toBe('11');
  });
});
