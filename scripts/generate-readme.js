/** Writes the README's tables as the built `kv help` has them, between the marks in its text. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
const readme = new URL('README.md', root);
const help = execFileSync(process.execPath, [fileURLToPath(new URL('bin/kv.js', root)), 'help'], {
  encoding: 'utf8',
});

const tables = {
  verbs: [...sectionsOf(/^(.*[Vv]erbs):$/), ''].join('\n'),
  exits: [...sectionsOf(/^(Exit status):$/), ''].join('\n'),
};

let text = readFileSync(readme, 'utf8');
for (const [name, table] of Object.entries(tables)) {
  const marks = new RegExp(`(<!-- ${name}:.*-->\n)[^]*?(<!-- end of ${name} -->)`);
  text = text.replace(marks, (_, begin, end) => `${begin}\n\`\`\`text\n${table}\`\`\`\n\n${end}`);
}
writeFileSync(readme, text);

/** The lines of the help's sections whose headings match. */
function* sectionsOf(heading) {
  let inside = false;
  for (const line of help.split('\n')) {
    if (/^\S/.test(line)) inside = heading.test(line);
    else if (inside && line.trim() !== '') yield line.slice(2);
  }
}
