import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createManual } from '../../src/cli/help.js';
import { registry } from '../../src/commands/index.js';
import { longFlag } from '../../src/line/spelling.js';

const { version } = JSON.parse(readRoot('package.json')) as { version: string };
const manual = createManual(registry, version);

test('man/ has the page that the registry gives', async () => {
  expect(readRoot('man/kv.1')).toBe(await manual.manPage());
});

const hasGroff = spawnSync('groff', ['--version']).status === 0;

test.skipIf(!hasGroff).each([78, 40])(
  'groff shows the man page at %i columns, every option of it, without a warning',
  async (columns) => {
    const words = ['-Tutf8', '-man', '-ww', '-P-c', '-P-b', '-P-u', `-rLL=${columns}n`];
    const { stdout, stderr } = spawnSync('groff', words, {
      input: readRoot('man/kv.1'),
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    for (const { name, load } of registry) {
      const { options, examples } = await load();
      expect(stdout).toContain(`\n       kv ${name}`);
      for (const key of Object.keys(options)) expect(stdout).toContain(longFlag(key));
      // Never broken, so that it can be copied.
      for (const { line } of examples) expect(stdout).toContain(`\n       ${line}\n`);
    }
  },
);

test.each([
  ['verbs', /^.*[Vv]erbs:$/],
  ['exits', /^Exit status:$/],
])('the README has the table of %s that help prints', async (name, heading) => {
  const [, table] = readRoot('README.md').match(
    new RegExp(`<!-- ${name}:.*-->\n\n\`\`\`text\n([^]*?)\`\`\`\n\n<!-- end of ${name} -->`),
  )!;
  const lines: string[] = [];
  let inside = false;
  for (const line of (await manual.help()).split('\n')) {
    if (/^\S/.test(line)) inside = heading.test(line);
    else if (inside && line.trim() !== '') lines.push(`${line.slice(2)}\n`);
  }
  expect(table).toBe(lines.join(''));
  expect(lines.length).toBeGreaterThan(5);
});

function readRoot(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}
