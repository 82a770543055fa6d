/**
 * The types in wit/types are committed, and what is committed can fall behind its source: this holds
 * them to what wit/ generates today.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** The script is plain JavaScript, which the compiler does not read: its export is typed here. */
interface Script {
  generateTypes(): Promise<Map<string, string>>;
}

const SCRIPT = new URL('../../scripts/generate-types.js', import.meta.url).href;
const TYPES = fileURLToPath(new URL('../../wit/types', import.meta.url));

const { generateTypes }: Script = await import(SCRIPT);

test('wit/types holds exactly the files that wit/ generates', async () => {
  const generated = await generateTypes();
  const committed = await readTypes();
  expect([...committed.keys()].sort()).toEqual([...generated.keys()].sort());
  for (const [path, text] of generated) {
    expect(committed.get(path), `wit/types/${path}: run scripts/generate-types.js`).toBe(text);
  }
});

test('generating twice gives the same text', async () => {
  expect(await generateTypes()).toEqual(await generateTypes());
});

async function readTypes(): Promise<Map<string, string>> {
  const entries = await readdir(TYPES, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = files.map(async (entry): Promise<[string, string]> => {
    const file = join(entry.parentPath, entry.name);
    return [relative(TYPES, file).split(sep).join('/'), await readFile(file, 'utf8')];
  });
  return new Map(await Promise.all(texts));
}
