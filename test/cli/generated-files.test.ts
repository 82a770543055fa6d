import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createManual } from '../../src/cli/help.js';
import { registry } from '../../src/commands/index.js';

const manual = createManual(registry, '');

const completions = [
  ['bash', 'kv.bash'],
  ['zsh', '_kv'],
  ['fish', 'kv.fish'],
] as const;

test.each(completions)('completions/ has what the registry gives for %s', async (shell, name) => {
  expect(readRoot(`completions/${name}`)).toBe(await manual.completion(shell));
});

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
