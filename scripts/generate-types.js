/**
 * Writes wit/types: the TypeScript types of what a host implements for the world in wit/, and for those
 * of the other drafts in wit/drafts/, each a package by itself but for what is the same in both.
 *
 * They are generated rather than written, so that the interfaces in wit/ stay the one contract and
 * the compiler holds our classes to it. The files are committed, so that a checkout compiles before
 * anything has been generated; test/wit/generated-types.test.ts fails when they fall behind wit/.
 */
import { realpathSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateHostTypes } from '@bytecodealliance/jco-transpile';

const WIT = fileURLToPath(new URL('../wit', import.meta.url));
const DRAFTS = join(WIT, 'drafts');
const INTERFACES = 'interfaces/';
const HEADER =
  '// Generated from wit/ by scripts/generate-types.js: edit wit/, then generate again.\n';

// The module's own path has its links resolved, the argument has not.
if (realpathSync(process.argv[1] ?? '.') === fileURLToPath(import.meta.url)) {
  await writeTypes(join(WIT, 'types'));
}

/**
 * Generates the types, without touching a file.
 *
 * @returns {Promise<Map<string, string>>} the text of each file, by its path inside wit/types
 */
export async function generateTypes() {
  const own = await typesOf(WIT);
  const texts = new Map(own);
  for (const draft of await readdir(DRAFTS)) {
    const place = `drafts/${draft}/`;
    for (const [path, text] of await typesOf(join(DRAFTS, draft))) {
      const isShared = texts.get(path) === text && path.startsWith(INTERFACES);
      if (!isShared) texts.set(place + path, text);
    }
  }
  for (const [path, text] of texts) texts.set(path, withShared(path, text, texts));
  return new Map([...texts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * A draft's file that imports what is the same in the world (wasi:io) from there.
 *
 * @param {string} path
 * @param {string} text
 * @param {Map<string, string>} texts
 */
function withShared(path, text, texts) {
  return text.replaceAll(/'(\.[^']*)\.js'/g, (specifier, target) => {
    const file = posix.join(posix.dirname(path), `${target}.d.ts`);
    if (texts.has(file)) return specifier;
    const shared = posix.join(INTERFACES, posix.basename(file));
    return `'${posix.relative(posix.dirname(path), shared).replace(/\.d\.ts$/, '.js')}'`;
  });
}

/**
 * @param {string} folder of a package
 * @returns {Promise<[path: string, text: string][]>}
 */
async function typesOf(folder) {
  const whole = await mkdtemp(join(tmpdir(), 'kv-wit-'));
  try {
    await cp(folder, whole, { recursive: true });
    await cp(join(WIT, 'deps'), join(whole, 'deps'), { recursive: true });
    const files = await generateHostTypes(whole, { worldName: 'imports' });
    const decoder = new TextDecoder();
    return Object.entries(files).map(([path, bytes]) => [
      path,
      HEADER + correct(decoder.decode(bytes)),
    ]);
  } finally {
    await rm(whole, { recursive: true });
  }
}

/**
 * Makes the toolchain's text a file that compiles and that editors leave alone.
 *
 * A function named by a JavaScript keyword (`delete`) comes out as a bare `function` that is exported
 * by another name; a declaration file must say `declare`. Spaces at line ends are dropped, because an
 * editor or a hook that trims them would make the file differ from what is generated.
 *
 * @param {string} text
 */
function correct(text) {
  const declared = text.replaceAll(/^function /gm, 'declare function ');
  return `${declared.replaceAll(/[ \t]+$/gm, '').trimEnd()}\n`;
}

/**
 * Replaces the folder whole, so that the file of a removed interface does not stay behind.
 *
 * @param {string} folder
 */
async function writeTypes(folder) {
  const files = await generateTypes();
  await rm(folder, { recursive: true, force: true });
  for (const [path, text] of files) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
