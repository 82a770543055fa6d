/** A store of format 1, as kv wrote it before: with the encoders of then, through the same LMDB. */
import { mkdirSync } from 'node:fs';
import type { Db } from '../../src/store/lmdb/database.js';
import { Environment } from '../../src/store/lmdb/environment.js';
import { FORMAT_KEY, nameKey, SEQUENCE_KEY, treeOfSizeKey } from '../../src/store/lmdb/layout.js';
import { ensureLockFile } from '../../src/store/lmdb/make-lock-file.js';
import { patternedBytes } from '../support/patterned-bytes.js';

const CHUNK_BYTES = 64 * 4096 - 24;

/** What a record of it holds; values that are in chunks have an id. */
export interface OldContent {
  readonly version: number;
  readonly modified: number;
  readonly value: Buffer;
  readonly valueId?: number;
}

/**
 * Makes it, with so many small keys, and returns what it holds: bucket, key, record. With `texts`, those are
 * the values of its bucket "default".
 */
export async function makeFormat1Store(
  path: string,
  keys: number,
  texts: ReadonlyMap<string, string> = new Map(),
): Promise<Map<string, Map<string, OldContent>>> {
  const bytes = (size: number, seed: number) => Buffer.from(patternedBytes(size, seed));
  const large = { value: bytes(2 * CHUNK_BYTES + 12_345, 5), valueId: 7 };
  const test = new Map<string, OldContent>();
  let version = 100;
  const add = (key: string, content: { value: Buffer; valueId?: number }) => {
    test.set(key, { version: ++version, modified: 1_700_000_000_000 + version, ...content });
  };
  for (let key = 0; key < keys; key++) add(`key ${key}`, { value: bytes(key % 150, key) });
  for (const size of [0, 1023, 1024, 1025, 5000, 65_536]) {
    add(`of ${size} bytes`, { value: bytes(size, size % 200) });
  }
  add('k'.repeat(1978), { value: bytes(10, 1) });
  add('in chunks', large);
  add('the beginning of it', { value: large.value.subarray(0, CHUNK_BYTES + 5), valueId: 7 });
  add('in one chunk', { value: bytes(70_000, 9), valueId: 9 });
  const other = new Map([['the same, shared', { version: 5, modified: 1, ...large }]]);
  const byDefault = new Map<string, OldContent>();
  for (const [key, text] of texts) {
    byDefault.set(key, { version: ++version, modified: 1, value: Buffer.from(text) });
  }
  const store = new Map([
    ...(texts.size > 0 ? ([['default', byDefault]] as const) : []),
    ['test', test],
    ['other', other],
    ['émpty', new Map<string, OldContent>()],
  ]);
  mkdirSync(path, { recursive: true });
  ensureLockFile(path, 'write');
  const environment = new Environment(path, false);
  environment.writes.transactionSync(() => write(environment, store, version));
  // Format 1 kept no sizes.
  const { main } = environment;
  main.transactionSync(() => {
    for (const key of [...main.getKeys({})]) if (treeOfSizeKey(key)) main.removeSync(key);
  });
  await environment.close();
  return store;
}

function write(
  environment: Environment,
  store: Map<string, Map<string, OldContent>>,
  last: number,
): void {
  const { main } = environment;
  main.putSync(FORMAT_KEY, u64(1));
  main.putSync(SEQUENCE_KEY, u64(last));
  const [chunks, values] = [
    environment.databases.create('chunks'),
    environment.databases.create('values'),
  ];
  environment.databases.create('uploads').putSync(u64(3), Buffer.from('{"kept":0}'));
  chunks.putSync(Buffer.concat([u64(3), u32(0)]), Buffer.alloc(1000, 'abandoned'));
  const holders = new Map<number, number>();
  [...store, ['\x0199', new Map()] as const].forEach(([name, records], index) => {
    const created = Buffer.alloc(6);
    created.writeUIntBE(1_600_000_000_000 + index, 0, 6);
    main.putSync(nameKey(name), Buffer.concat([u64(index + 1), created]));
    const db = environment.databases.create(`bucket/${index + 1}`);
    for (const [key, content] of records) {
      db.putSync(Buffer.from(key), record(content));
      if (content.valueId === undefined) continue;
      holders.set(content.valueId, (holders.get(content.valueId) ?? 0) + 1);
      writeChunks(chunks, content);
    }
  });
  for (const [id, count] of holders) values.putSync(u64(id), u64(count));
}

/** The chunks of the longest record that holds a value stand. */
function writeChunks(chunks: Db, { value, valueId = 0 }: OldContent): void {
  for (let index = 0; index * CHUNK_BYTES < value.length; index++) {
    const key = Buffer.concat([u64(valueId), u32(index)]);
    const chunk = value.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
    const there = chunks.getBinary(key);
    if (!there || there.length < chunk.length) chunks.putSync(key, Buffer.from(chunk));
  }
}

function record({ version, modified, value, valueId }: OldContent): Buffer {
  const header = Buffer.alloc(8);
  header[0] = valueId === undefined ? 1 : 2;
  header.writeUIntBE(modified, 2, 6);
  const rest =
    valueId === undefined ? [value] : [u64(valueId), u64(value.length), u32(CHUNK_BYTES)];
  return Buffer.concat([header, u64(version), ...rest]);
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
