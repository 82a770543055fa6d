/** Folders of files, in and out. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FileTree } from '../../src/batches/folders/file-tree.js';
import { HeldFolder } from '../../src/batches/folders/held-folder.js';
import { pathOfKey } from '../../src/formats/files/files.js';
import { openTestKeyvalue } from '../support/open-test-store.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { type Kv, kvInMemory, kvOnDisk, kvOver, onTerminal } from '../support/run-command.js';
import { temporaryFolder } from '../support/temporary-folder.js';

type Contents = Readonly<Record<string, string | Buffer>>;

/** A folder of these files; their paths are strings of one byte a character. */
function folderOf(files: Contents): string {
  const folder = join(temporaryFolder(), 'files');
  mkdirSync(folder);
  for (const [path, contents] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), contents);
  }
  return folder;
}

/** The files below a folder, as they are. */
function filesIn(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (path: string) => {
    // Not with `recursive`: Node 24 follows symbolic links then.
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const inner = join(path, entry.name);
      if (entry.isDirectory()) visit(inner);
      if (entry.isFile()) found[inner.slice(folder.length + 1)] = readFileSync(inner, 'latin1');
    }
  };
  visit(folder);
  return found;
}

/** All records, their values as strings of one byte a character. */
async function records(kv: Kv): Promise<Record<string, string>> {
  const lines = (await kv('export')).text.split('\n').filter(Boolean);
  const all = lines.map(
    (line) => JSON.parse(line) as { key: string; value: string; base64?: true },
  );
  return Object.fromEntries(
    all.map(({ key, value, base64 }) => [
      key,
      Buffer.from(value, base64 ? 'base64' : 'utf8').toString('latin1'),
    ]),
  );
}

const imported = (folder: string, ...words: string[]) => [
  'import',
  folder,
  '--format',
  'files',
  ...words,
];
const exported = (folder: string, ...words: string[]) => [
  'export',
  '-o',
  folder,
  '--format',
  'files',
  ...words,
];

const tree = {
  'a.b': '1',
  'a/x': '2',
  'a/b/none': '',
  a0: patternedBytes(70_000),
  'ü ö/\n': 'odd',
  large: patternedBytes(2_500_000),
  exact: patternedBytes(1024 * 1024),
};

describe('import --format files', () => {
  it('makes a record of each file, and exports give the same files', async () => {
    const kv = await kvOnDisk();
    const folder = folderOf(tree);
    const { outcome, stderr } = await kv(imported(folder, '--prefix', 'p/'));
    expect(outcome).toBe(0);
    expect(stderr).toMatch(/^read 7 records, wrote 7, rejected 0: /);
    const keys = Object.keys(tree).map((path) => `p/${path}`);
    expect(Object.keys(await records(kv)).sort()).toEqual(keys.sort());
    const out = join(temporaryFolder(), 'out');
    await kv(['export', 'p/', '-o', out, '--format', 'files']);
    expect(filesIn(out)).toEqual(filesIn(folder));
  });

  it('says what it does not keep', async () => {
    const kv = kvInMemory();
    const folder = folderOf({ script: '#!/bin/sh', other: '' });
    chmodSync(join(folder, 'script'), 0o755);
    symlinkSync('/etc/passwd', join(folder, 'link'));
    symlinkSync('/', join(folder, 'root'));
    const { stderr } = await kv(imported(folder));
    expect(stderr.split('\n')[0]).toBe(
      `${folder}: left out 2 symbolic links; modes are not kept, and 1 file may be run`,
    );
    expect(Object.keys(await records(kv))).toEqual(['other', 'script']);
  });

  it('rejects a name that is not UTF-8, and one too long for a key', async () => {
    const kv = kvInMemory();
    const folder = folderOf({ good: '1' });
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.of(0xe9)]), '');
    const bad = await kv(imported(folder));
    expect([bad.outcome, bad.error?.message]).toEqual([
      4,
      `${folder}: "caf\\xe9": its name is not UTF-8`,
    ]);
    const skipped = await kv(imported(folder, '--on-error', 'skip', '--prefix', 'p'.repeat(1978)));
    expect(skipped.outcome).toBe(4);
    expect(skipped.stderr).toMatch(/its key of 1982 bytes is over the limit of 1978 bytes\n/);
    expect(await records(kv)).toEqual({});
  });

  it('goes on where --skip says, in the order of the paths', async () => {
    const kv = kvInMemory();
    await kv(['set', 'b', 'there']);
    const folder = folderOf({ a: '1', b: '2', c: '3' });
    const { error } = await kv(imported(folder, '--mode', 'insert'));
    expect(error?.message).toBe(`${folder}: "b": the key is there already`);
    expect(error?.secondLine).toBe('committed through file 1; resume with --skip 1');
    await kv(imported(folder, '--skip', '2'));
    expect(await records(kv)).toEqual({ a: '1', b: 'there', c: '3' });
  });

  it('deletes with --delete what no file has below the prefix, and with -n shows it', async () => {
    const kv = await kvOnDisk();
    await kv(['set-many', 'o=1', 'p/a=2', 'p/a/b=3', 'p/ab=4', 'p/z=5', 'q=6']);
    const folder = folderOf({ a: 'new', 'ab/x': '', c: '' });
    const shown = await kv(imported(folder, '--prefix', 'p/', '--delete', '-n'));
    expect(shown.text).toBe('- p/a/b\n- p/ab\n- p/z\n');
    expect(shown.stderr).toMatch(/would write 3, rejected 0, would delete 3: /);
    expect(Object.keys(await records(kv))).toHaveLength(6);
    const done = await kv(imported(folder, '--prefix', 'p/', '--delete', '--json'));
    expect(JSON.parse(done.text)).toMatchObject({ read: 3, written: 3, deleted: 3 });
    expect(await records(kv)).toEqual({ o: '1', 'p/a': 'new', 'p/ab/x': '', 'p/c': '', q: '6' });
  });

  it('deletes nothing where a file was rejected', async () => {
    const kv = kvInMemory();
    await kv('set old value');
    const folder = folderOf({
      [[...Array(10).fill('d'.repeat(200)), 'x'].join('/')]: '',
      good: '1',
    });
    const words = imported(folder, '--delete', '--on-error', 'skip');
    const { outcome, stderr } = await kv(words, onTerminal);
    expect(outcome).toBe(4);
    expect(stderr).toMatch(/nothing was deleted, as files were rejected/);
    expect(await records(kv)).toEqual({ good: '1', old: 'value' });
  });

  it('is one transaction with --atomic, and one content with --mode replace', async () => {
    const kv = await kvOnDisk();
    await kv('set b there');
    const folder = folderOf({ a: '1', b: '2' });
    expect((await kv(imported(folder, '--mode', 'insert', '--atomic'))).outcome).toBe(4);
    expect(await records(kv)).toEqual({ b: 'there' });
    rmSync(join(folder, 'b'));
    await kv(imported(folder, '--mode', 'replace'));
    expect(await records(kv)).toEqual({ a: '1' });
  });

  it.each([
    [['import', '--format', 'files'], 'reads a folder'],
    [['import', '/tmp', '--format', 'files', '--delete', '--mode', 'replace'], 'either --delete'],
    [['import', '/tmp/x', '--prefix', 'p'], 'are for --format files'],
    [['import', '/tmp/x', '--delete'], 'are for --format files'],
    [['export', '--format', 'files'], 'writes to a folder'],
    [['export', '-n'], 'are for --format files'],
    [['export', '--delete', '-o', '/tmp/x'], 'are for --format files'],
  ])('refuses what makes no sense: %s', async (words, reason) => {
    const { outcome, error } = await kvInMemory()(words);
    expect([outcome, error?.code]).toEqual([2, 'usage']);
    expect(error?.message).toContain(reason);
  });

  it('refuses the folder of the store, and one that it is in', async () => {
    const keyvalue = await openTestKeyvalue();
    const kv = kvOver(keyvalue);
    await kv('set k v');
    const store = keyvalue.store.path;
    for (const folder of [store, dirname(store)]) {
      for (const words of [imported(folder), exported(folder, '--delete')]) {
        const { error } = await kv([...words, '-s', store]);
        expect(error?.code).toBe('usage');
        expect(error?.message).toContain(`store "${store}"`);
      }
    }
    expect(readdirSync(store).sort()).toEqual(['data.mdb', 'lock.mdb']);
  });

  it('is named where a folder is to be read as a stream', async () => {
    const { outcome, error } = await kvInMemory()(['import', folderOf({ a: '1' })]);
    expect([outcome, error?.hint]).toEqual([6, 'a folder of files: --format files']);
  });

  it('names what is no folder, or is missing', async () => {
    const kv = kvInMemory();
    const file = join(folderOf({ file: '' }), 'file');
    for (const path of [file, join(file, '../none')]) {
      const { outcome, error } = await kv(imported(path));
      expect([outcome, error?.code]).toEqual([6, 'io']);
    }
  });
});

/** Keys that can be the name of no file. */
const bad = ['../x', 'a/../../x', '/etc/x', 'a//b', 'x/', './x', 'x/.', 'n\0n', '.', '..', '/'];

describe('export --format files', () => {
  it('rejects keys that can be no file, each by name, and writes the others', async () => {
    const kv = kvInMemory();
    for (const key of [...bad, 'n'.repeat(300), 'f/x', 'f', 'good']) await kv(['set', key, 'v']);
    const out = join(temporaryFolder(), 'a/out');
    mkdirSync(dirname(out));
    const { outcome, stderr, text } = await kv(exported(out, '--json'));
    expect(outcome).toBe(4);
    for (const key of bad) {
      expect(stderr).toContain(`cannot export "${key.replace('\0', '\\x00')}": `);
    }
    expect(stderr).toContain('"f" is a key as well, and no name is that of a file and a folder');
    expect(JSON.parse(text)).toMatchObject({ written: 2, rejected: bad.length + 2 });
    expect(filesIn(dirname(dirname(out)))).toEqual({ 'a/out/f': 'v', 'a/out/good': 'v' });
  });

  it('leads nowhere through links, and replaces one that is in the place of a file', async () => {
    const kv = kvInMemory();
    await kv(['set-many', 'dir/x=1', 'file=2', 'dir/sub/x=3']);
    const outside = folderOf({ 'victim/x': 'safe', x: 'safe' });
    const out = folderOf({});
    symlinkSync(join(outside, 'victim'), join(out, 'dir'));
    symlinkSync(join(outside, 'x'), join(out, 'file'));
    const { outcome, stderr } = await kv(exported(out));
    expect(outcome).toBe(4);
    expect(stderr).toContain('cannot export "dir/x": ');
    expect(filesIn(outside)).toEqual({ 'victim/x': 'safe', x: 'safe' });
    expect(filesIn(out)).toEqual({ file: '2' });
    const mirrored = await kv(exported(out, '--delete'));
    expect(mirrored.outcome).toBe(0);
    expect(filesIn(outside)).toEqual({ 'victim/x': 'safe', x: 'safe' });
    expect(filesIn(out)).toEqual({ 'dir/sub/x': '3', 'dir/x': '1', file: '2' });
  });

  it('makes the folder a mirror with --delete, and with -n shows how', async () => {
    const kv = kvInMemory();
    await kv(['set-many', 'a=1', 'b/c=new', 'd=4', 'e/f=5', 'same=6']);
    const out = folderOf({ a: '0', 'b/c': 'old', 'd/x/y': '', e: '', same: '6', 'z/z': '' });
    mkdirSync(join(out, 'empty/er'), { recursive: true });
    const before = filesIn(out);
    const shown = await kv(exported(out, '--delete', '-n'));
    expect(shown.text.split('\n')).toEqual([
      ...['- d/x/y', '- e', '- z/z'],
      ...['~ a', '~ b/c', '+ d', '+ e/f', ''],
    ]);
    expect(filesIn(out)).toEqual(before);
    const json = (await kv(exported(out, '--delete', '-n', '--json'))).text.split('\n');
    expect(JSON.parse(json[3]!)).toEqual({ change: 'changed', key: 'a', size: 1 });
    const { text } = await kv(exported(out, '--delete', '--json'));
    const counts = { written: 4, unchanged: 1, deleted: 3, rejected: 0 };
    expect(JSON.parse(text)).toMatchObject(counts);
    expect(filesIn(out)).toEqual({ a: '1', 'b/c': 'new', d: '4', 'e/f': '5', same: '6' });
    expect(readdirSync(out).sort()).toEqual(['a', 'b', 'd', 'e', 'same']);
  });

  it('leaves other files alone, and those that are the same as they are', async () => {
    const kv = await kvOnDisk();
    await kv('set k', { stdin: patternedBytes(600_000) });
    const out = folderOf({ other: 'x' });
    await kv(exported(out));
    const { ino } = statSync(join(out, 'k'));
    const { stderr } = await kv(exported(out), onTerminal);
    expect(stderr).toBe('wrote 0 files, 0 B; 1 were the same\n');
    expect(statSync(join(out, 'k')).ino).toBe(ino);
    await kv('append k x');
    await kv(exported(out));
    expect(readFileSync(join(out, 'k')).length).toBe(600_001);
    expect(readdirSync(out).sort()).toEqual(['k', 'other']);
  });

  it('says that files cannot expire, and makes no folder with -n', async () => {
    const kv = kvInMemory();
    await kv('set k v --ttl 1h');
    const out = join(temporaryFolder(), 'out');
    const shown = await kv(exported(out, '-n'));
    expect([shown.text, existsSync(out)]).toEqual(['+ k\n', false]);
    const { stderr } = await kv(exported(out));
    expect(stderr).toContain('1 record expires, which this format cannot say');
  });

  it('names the folder that cannot be written', async () => {
    const kv = kvInMemory();
    await kv('set k v');
    const file = join(folderOf({ file: '' }), 'file');
    expect((await kv(exported(file))).error?.message).toBe(
      `cannot export to "${file}": it is no folder`,
    );
    expect((await kv(exported(join(file, 'x')))).error?.code).toBe('io');
  });
});

it('a folder that is held is the same one, whatever comes into its place', () => {
  const outside = folderOf({ x: 'safe' });
  const folder = folderOf({ 'dir/x': 'old' });
  const root = HeldFolder.open(folder);
  const files = new FileTree(root);
  const dir = files.folderOf(['dir', 'x'], 'make')!;
  renameSync(join(folder, 'dir'), join(folder, 'moved'));
  symlinkSync(outside, join(folder, 'dir'));
  const file = files.begin(dir, 'x');
  file.write(Buffer.from('new'));
  file.commit();
  expect(() => root.folder('dir')).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
  files.close();
  root.close();
  expect(filesIn(outside)).toEqual({ x: 'safe' });
  expect(filesIn(folder)).toEqual({ 'moved/x': 'new' });
});

it('no key leads out of the folder, whatever it holds', () => {
  const piece = fc.constantFrom('..', '.', '/', '\0', 'a', '\\', 'ü', '//', 'n'.repeat(256));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const key = pieces.join('');
      const names = pathOfKey(key);
      if (typeof names === 'string') return;
      expect(names.join('/')).toBe(key);
      expect(join('/root', ...names)).toBe(`/root/${key}`);
    }),
  );
});
