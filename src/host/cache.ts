/**
 * Transpiled components, kept for the next run. An entry is code that will be executed, so it is in
 * a folder that nobody else may enter, is whole or absent, and counts only when its digest is right.
 */
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../disk/make-folder.js';
import { type CodeCache, codeCacheOf } from './program.js';
import { TRANSPILER, type Transpiled } from './transpile.js';

export interface Cached extends Transpiled {
  readonly codeCache?: CodeCache;
}

/** Begins an entry; another layout gets another. */
const MAGIC = 'kv component 1\n';

const DIGEST_BYTES = 32;

/** The entry's table of contents: names and lengths, in the order of the parts that follow. */
type Contents = readonly (readonly [name: string, length: number])[];

const SOURCE = 'source';
const CODE_CACHE = 'code-cache';
const MODULE_PREFIX = 'module/';

/** A component's name in the cache. */
export function cacheKey(bytes: Uint8Array): string {
  const { v8 } = process.versions;
  return sha256(Buffer.from(`${TRANSPILER}, V8 ${v8}\n`), bytes).toString('hex');
}

/** The entry, or undefined where there is none, or one that is not as it was written. */
export function readCache(folder: string, key: string): Cached | undefined {
  try {
    if (!isPrivate(folder)) return undefined;
    return decode(readFileSync(join(folder, key)));
  } catch {
    return undefined;
  }
}

/** Keeps an entry, at best effort: where that fails, the next run transpiles again. */
export function writeCache(folder: string, key: string, transpiled: Transpiled): void {
  try {
    makeFolder(folder);
    if (isPrivate(folder)) writeWhole(join(folder, key), encode(transpiled));
  } catch {
    // No room, or no folder to write to: the guest runs all the same.
  }
}

function writeWhole(path: string, bytes: Buffer): void {
  const making = `${path}.${process.pid}`;
  try {
    writeFileSync(making, bytes, { mode: 0o600, flag: 'wx' });
    renameSync(making, path);
  } finally {
    rmSync(making, { force: true });
  }
}

/** Whether the folder is the user's own, and closed to everybody else. */
function isPrivate(folder: string): boolean {
  const { uid, mode } = statSync(folder);
  return uid === process.getuid?.() && (mode & 0o077) === 0;
}

function encode(transpiled: Transpiled): Buffer {
  const parts: [string, Uint8Array][] = [
    [SOURCE, Buffer.from(transpiled.source)],
    [CODE_CACHE, codeCacheOf(transpiled)],
    ...[...transpiled.modules].map(([name, bytes]): [string, Uint8Array] => [
      MODULE_PREFIX + name,
      bytes,
    ]),
  ];
  const contents: Contents = parts.map(([name, bytes]) => [name, bytes.length]);
  const head = Buffer.from(`${JSON.stringify(contents)}\n`);
  const body = Buffer.concat([head, ...parts.map(([, bytes]) => bytes)]);
  return Buffer.concat([Buffer.from(MAGIC), sha256(body), body]);
}

function decode(entry: Buffer): Cached | undefined {
  const start = MAGIC.length + DIGEST_BYTES;
  const body = entry.subarray(start);
  if (entry.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined;
  if (!sha256(body).equals(entry.subarray(MAGIC.length, start))) return undefined;
  let position = body.indexOf('\n') + 1;
  const contents: Contents = JSON.parse(body.toString('utf8', 0, position));
  const parts = new Map<string, Buffer>();
  for (const [name, length] of contents) {
    parts.set(name, body.subarray(position, position + length));
    position += length;
  }
  const modules = [...parts].filter(([name]) => name.startsWith(MODULE_PREFIX));
  return {
    source: parts.get(SOURCE)!.toString(),
    codeCache: parts.get(CODE_CACHE)!,
    modules: new Map(modules.map(([name, bytes]) => [name.slice(MODULE_PREFIX.length), bytes])),
  };
}

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
