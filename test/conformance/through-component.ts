/**
 * The interfaces as a component meets them: the guest `relay` exports what it imports, so each call
 * goes into the component, out of it to the host, and the answer back the same way.
 */
import { readFileSync } from 'node:fs';
import { Ending } from '../../src/component/ending.js';
import { planOf } from '../../src/component/plan.js';
import { Program } from '../../src/component/program.js';
import { readComponent } from '../../src/component/read-component.js';
import { DEFAULT_MEMORY_BYTES, Room } from '../../src/component/room.js';
import type { FuncType } from '../../src/component/types.js';
import { grantBuckets } from '../../src/host/grants.js';
import type { Refusal } from '../../src/host/refusals.js';
import { HostWorld } from '../../src/host/world.js';
import { createKeyvalue } from '../../src/keyvalue/index.js';
import type { Store } from '../../src/store/store.js';
import { exportedWorld } from './exported-world.js';
import { inProcess } from './in-process.js';
import type { InputStream, OutputStream, Subject, World } from './subject.js';

const relay = readComponent(readFileSync(new URL('../guests/relay.wasm', import.meta.url)));

/** The interface of the streams that a test makes, which is offered to no other guest. */
const ENDS = 'test:guests/ends';

interface Ends {
  input(): InputStream;
  brokenInput(): InputStream;
  brokenOutput(): OutputStream;
}

/** The subject that a component over a store is. */
export function throughComponent(store: Store): Subject {
  const outside = inProcess(store);
  const keyvalue = createKeyvalue(store);
  let contents: Uint8Array = new Uint8Array();
  const ends: Ends = {
    input: () => outside.input(contents),
    brokenInput: outside.brokenInput,
    brokenOutput: outside.brokenOutput,
  };
  const room = new Room(DEFAULT_MEMORY_BYTES);
  const { interfaces } = grantBuckets(keyvalue, [], room);
  const world = new WorldWithEnds(ends, {
    ...interfaces,
    // Every bucket is granted, also those that the suite has yet to make.
    'wasi:keyvalue/types': keyvalue.types,
    'wasi:io/error': keyvalue.error,
    'wasi:io/poll': keyvalue.poll,
    'wasi:io/streams': keyvalue.streams,
  });
  const program = new Program(relay, planOf(relay, world), room, new NoEnding());
  const relayed = exportedWorld(program.start(world));
  const inside = relayed.ends as unknown as Ends;
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

/** The suite goes on after a trap, to see what it left undone; no guest does. */
class NoEnding extends Ending {
  override by(thrown: unknown): unknown {
    return thrown;
  }
}

class WorldWithEnds extends HostWorld {
  readonly #ends: Ends;

  constructor(ends: Ends, interfaces: Readonly<Record<string, object>>) {
    const refused = ({ name }: Refusal) => {
      if (!name.startsWith(ENDS)) throw new Error(`${name} was refused`);
    };
    super(refused, { interfaces, begin() {}, beginDrop() {}, guard: (call) => call });
    this.#ends = ends;
  }

  override func(instance: string, name: string, type: FuncType) {
    if (instance !== ENDS) return super.func(instance, name, type);
    const member = name.replace(/-(.)/g, (_, letter) => letter.toUpperCase()) as keyof Ends;
    return { type, isGuest: false, call: () => this.#ends[member]() };
  }
}
