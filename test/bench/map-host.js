/**
 * The guest bench.c on a host whose store is a JavaScript Map: `node map-host.js exists 500000`, transpiled by jco. It is
 * what a component costs by itself; nothing is kept, checked or bounded.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transpileBytes } from '@bytecodealliance/jco-transpile';

const guest = new URL('../guests/bench.wasm', import.meta.url);

/** What the guest looks for. */
const records = new Map([['key', new TextEncoder().encode('value')]]);

class Unused {}

class Bucket extends Unused {
  static openBucket = () => new Bucket();
}

class OutgoingValue {
  bytes = new Uint8Array();

  static newOutgoingValue = () => new OutgoingValue();

  outgoingValueWriteBodySync(bytes) {
    this.bytes = Uint8Array.from(bytes);
  }

  outgoingValueWriteBodyAsync = unused;
}

class IncomingValue {
  constructor(bytes) {
    this.bytes = bytes;
  }

  static incomingValueConsumeSync = (value) => value.bytes;
  static incomingValueConsumeAsync = unused;
}

const imports = {
  'wasi:io/error': { Error: Unused },
  'wasi:io/poll': { Pollable: Unused },
  'wasi:io/streams': { InputStream: streamOf(), OutputStream: streamOf() },
  'wasi:keyvalue/wasi-keyvalue-error': { Error: class extends Unused {} },
  'wasi:keyvalue/types': { Bucket, OutgoingValue, IncomingValue },
  'wasi:keyvalue/eventual': {
    exists: (_, key) => records.has(key),
    get: (_, key) => incoming(records.get(key)),
    set: (_, key, value) => void records.set(key, value.bytes),
    delete: (_, key) => void records.delete(key),
  },
  'wasi:keyvalue/atomic': {
    increment(_, key, delta) {
      const sum = BigInt(new TextDecoder().decode(records.get(key)) || 0) + delta;
      records.set(key, new TextEncoder().encode(String(sum)));
      return sum;
    },
  },
  'wasi:keyvalue/eventual-batch': {
    keys: () => [...records.keys()].sort(),
    getMany: (_, keys) => keys.map((key) => incoming(records.get(key))),
    setMany(_, pairs) {
      for (const [key, value] of pairs) records.set(key, value.bytes);
    },
  },
  'wasi:cli/environment': { getArguments: () => ['bench', ...process.argv.slice(2)] },
};

const folder = mkdtempSync(join(tmpdir(), 'kv-map-host-'));
try {
  const { files } = await transpileBytes(readFileSync(guest), {
    name: 'bench',
    instantiation: 'async',
    wasiShim: false,
    emitTypescriptDeclarations: false,
  });
  for (const [name, bytes] of Object.entries(files)) {
    if (!name.includes('/')) writeFileSync(join(folder, name.replace(/\.js$/, '.mjs')), bytes);
  }
  const { instantiate } = await import(pathToFileURL(join(folder, 'bench.mjs')).href);
  const compile = async (path) => WebAssembly.compile(readFileSync(join(folder, path)));
  const { run } = await instantiate(compile, imports);
  run.run();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function incoming(bytes) {
  return bytes && new IncomingValue(bytes);
}

/** A class with what the guest imports of streams, of which it calls nothing here. */
function streamOf() {
  return class {
    blockingRead = unused;
    checkWrite = unused;
    write = unused;
    flush = unused;
    subscribe = unused;
  };
}

function unused() {
  throw new Error('the guest called what it does not need');
}
