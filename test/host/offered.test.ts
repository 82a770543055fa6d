/** What is offered is committed as text, and what is committed can fall behind its source. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Room } from '../../src/component/room.js';
import { grantBuckets } from '../../src/host/grants.js';
import { functionsOf, type Interfaces } from '../../src/host/host-functions.js';
import offered from '../../src/host/offered.json' with { type: 'json' };
import { answerTo } from '../../src/host/offers.js';
import { wasiCli } from '../../src/host/wasi-cli.js';
import { wasiClocks } from '../../src/host/wasi-clocks.js';
import { wasiConfig } from '../../src/host/wasi-config.js';
import { wasiFilesystem } from '../../src/host/wasi-filesystem.js';
import { wasiRandom } from '../../src/host/wasi-random.js';
import { createKeyvalue } from '../../src/keyvalue/index.js';
import { MemoryStore } from '../../src/store/memory/memory-store.js';
import { versioned } from '../support/hostile-guest.js';

/** The script is plain JavaScript, which the compiler does not read: its export is typed here. */
interface Script {
  generateOffered(): Promise<string>;
}

const { generateOffered }: Script = await import(
  new URL('../../scripts/generate-offered.js', import.meta.url).href
);

test('offered.json is what the WIT generates', async () => {
  const committed = readFileSync('src/host/offered.json', 'utf8');
  expect(committed, 'run: npm run generate').toBe(await generateOffered());
});

const ends = {
  stdin: { read: () => undefined, ended: true },
  stdout: { write() {} },
  stderr: { write() {} },
  drain() {},
  isTerminal: { stdin: false, stdout: false, stderr: false },
};
const keyvalue = createKeyvalue(new MemoryStore());
const interfaces: Interfaces = {
  ...grantBuckets(keyvalue, [], new Room(0)).interfaces,
  'wasi:io/error': keyvalue.error,
  'wasi:io/poll': keyvalue.poll,
  'wasi:io/streams': keyvalue.streams,
  ...wasiCli([], [], ends),
  ...wasiConfig(new Map()),
  ...wasiClocks(() => {}),
  ...wasiRandom(),
  ...wasiFilesystem(),
};

test.each(Object.entries(offered))('every function of %s is there', (name, members) => {
  const functions = functionsOf(name, interfaces);
  const expected = Object.entries(members).filter(([, text]) => text.startsWith('func'));
  expect([...functions.keys()]).toEqual(expected.map(([member]) => member));
  const answer = name.startsWith('wasi:filesystem/') ? 'denied' : 'given';
  expect(answerTo(versioned(name), true)).toBe(answer);
});
