/** Both drafts in process, over either store, and as a component meets them: through a guest that relays. */
import { readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { Ending } from '../../../src/component/ending.js';
import { planOf } from '../../../src/component/plan.js';
import { Program } from '../../../src/component/program.js';
import { readComponent } from '../../../src/component/read-component.js';
import { DEFAULT_MEMORY_BYTES, Room } from '../../../src/component/room.js';
import { grantBuckets, type OpenGrant } from '../../../src/host/grants.js';
import { PacedCalls } from '../../../src/host/pace.js';
import { HostWorld } from '../../../src/host/world.js';
import { createKeyvalue } from '../../../src/keyvalue/index.js';
import { MemoryStore } from '../../../src/store/memory/memory-store.js';
import { nothingShared, type SharedWrites } from '../../../src/store/shared-writes.js';
import type { Store } from '../../../src/store/store.js';
import { openTestStore } from '../../support/open-test-store.js';
import { exportedWorld } from '../exported-world.js';
import { casConformance } from './cas.js';
import type { CasWorld, DraftSubject, DraftWorld } from './subject.js';
import { draftConformance } from './suite.js';

const draft = { most: 2n ** 64n - 1n, noCursors: [0n, 1n, 500n, 2n ** 64n - 1n] };
const draft2 = {
  most: 2n ** 63n - 1n,
  noCursors: ['', '0', 'k0499', '00000000', '00000000azA0OTk', 'ä'.repeat(5000)],
};

const stores: [string, () => Promise<Store>][] = [
  ['in memory', async () => new MemoryStore()],
  ['on LMDB', () => openTestStore()],
];

for (const [name, open] of stores) {
  draftConformance(`draft ${name}`, draft, async () => inProcess(await open(), 'draft'));
  draftConformance(`draft2 ${name}`, draft2, async () => inProcess(await open(), 'draft2'));
  casConformance(`draft2 ${name}`, async () => inProcess(await open(), 'draft2'));
}

type First = DraftSubject<DraftWorld<bigint>>;
type Second = DraftSubject<CasWorld>;

/** What `--sync` makes of a store: `each`, `exit`, and a time that is over in nearly every call. */
const paces: [string, (store: Store) => SharedWrites][] = [
  ['', () => nothingShared],
  [' --sync exit', (store) => store.shareWrites({ milliseconds: undefined })],
  [' --sync 1ms', (store) => store.shareWrites({ milliseconds: 1 })],
];

for (const [sync, share] of paces) {
  const first = async () => throughComponent<First>(await openTestStore(), 'relay-draft', share);
  const second = async () => throughComponent<Second>(await openTestStore(), 'relay-draft2', share);
  draftConformance(`draft of a component${sync}`, draft, first);
  draftConformance(`draft2 of a component${sync}`, draft2, second);
  casConformance(`draft2 of a component${sync}`, second);
}

function inProcess<Name extends 'draft' | 'draft2'>(store: Store, name: Name) {
  const keyvalue = createKeyvalue(store);
  return {
    world: keyvalue[name],
    createBucket: (bucket: string) => void keyvalue.buckets.create(bucket),
  };
}

function throughComponent<Subject extends DraftSubject<unknown>>(
  store: Store,
  name: string,
  share: (store: Store) => SharedWrites,
): Subject {
  const shared = share(store);
  onTestFinished(() => shared.close());
  const calls = new PacedCalls(shared);
  const component = readComponent(
    readFileSync(new URL(`../../guests/${name}.wasm`, import.meta.url)),
  );
  const keyvalue = createKeyvalue(store);
  const grants: OpenGrant[] = [];
  const room = new Room(DEFAULT_MEMORY_BYTES);
  const refused = ({ name }: { name: string }) => {
    throw new Error(`${name} was refused`);
  };
  const { interfaces } = grantBuckets(keyvalue, grants, room);
  const world = new HostWorld(refused, {
    interfaces,
    begin: () => calls.begin(),
    beginDrop: () => calls.begin(),
    guard: (call) => calls.guard(call),
  });
  const program = new Program(component, planOf(component, world), room, new NoEnding());
  return {
    world: exportedWorld(program.start(world)),
    createBucket(bucket: string) {
      const made = keyvalue.buckets.create(bucket);
      grants.push({ guest: bucket, bucket, readOnly: false, open: () => made });
    },
  } as unknown as Subject;
}

/** The suite goes on after a failure; no guest does after a trap. */
class NoEnding extends Ending {
  override by(thrown: unknown): unknown {
    return thrown;
  }
}
