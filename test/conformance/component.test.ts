/**
 * The interfaces as a component meets them: the guest `relay` exports what it imports, so each call
 * goes into the component, out of it to the host, and the answer back the same way.
 */
import { readFileSync } from 'node:fs';
import { grantBuckets } from '../../src/host/grants.js';
import { load, type Program } from '../../src/host/program.js';
import { transpile } from '../../src/host/transpile.js';
import { createKeyvalue } from '../../src/keyvalue/index.js';
import type { Store } from '../../src/store/store.js';
import { openTestStore } from '../support/open-test-store.js';
import { inProcess } from './in-process.js';
import type { InputStream, OutputStream, Subject, World } from './subject.js';
import { conformance } from './suite.js';

const relay = new URL('../guests/relay.wasm', import.meta.url);

let program: Promise<Program> | undefined;

conformance('a component on LMDB', async () => {
  program ??= transpile(readFileSync(relay), 'run the relay').then(load);
  return throughComponent(await program, await openTestStore());
});

interface Ends {
  input(): InputStream;
  brokenInput(): InputStream;
  brokenOutput(): OutputStream;
}

function throughComponent(program: Program, store: Store): Subject {
  const outside = inProcess(store);
  const keyvalue = createKeyvalue(store);
  let contents: Uint8Array = new Uint8Array();
  const ends: Ends = {
    input: () => outside.input(contents),
    brokenInput: outside.brokenInput,
    brokenOutput: outside.brokenOutput,
  };
  const { interfaces } = grantBuckets(keyvalue, []);
  const relayed = program.instantiate({
    ...interfaces,
    // Every bucket is granted, also those that the suite has yet to make.
    'wasi:keyvalue/types': keyvalue.types,
    'wasi:io/error': keyvalue.error,
    'wasi:io/poll': keyvalue.poll,
    'wasi:io/streams': keyvalue.streams,
    'test:guests/ends': ends,
  });
  const inside = relayed.ends as Ends;
  return {
    world: relayed as unknown as World,
    isUtf8: true,
    createBucket: outside.createBucket,
    deleteBucket: outside.deleteBucket,
    input(bytes) {
      contents = bytes;
      return inside.input();
    },
    brokenInput: () => inside.brokenInput(),
    brokenOutput: () => inside.brokenOutput(),
  };
}
