/**
 * What V8 needs to compile a function, from its body. For each place where control flow meets, V8's
 * compilers keep where each local and each operand is. So a body of 100 KB can take 20 GB: what counts
 * here is, of all these places, the locals and the operands that there are. And a branch of four bytes
 * that takes values along becomes a kilobyte of machine code, which stays: V8 ends the process at 4 GB.
 */
import type { BinaryReader } from './binary-reader.js';
import { BodyWalk } from './body-walk.js';
import type { Arities, Arity } from './core-types.js';
import { CALL_SHARE, LARGEST_INSTRUCTION_BYTES, VALUE_MOVE_BYTES } from './instructions.js';
import { MACHINE_CODE_LIMIT_BYTES } from './room.js';
import { skipType } from './skip-type.js';
import { Unsupported } from './unsupported.js';

/** Bytes of a body. */
const BODY_LIMIT_BYTES = 1024 * 1024;

/** Values to keep; V8 takes 24 bytes for each while it compiles the function, so that this is 240 MB. */
const KEPT_LIMIT = 10_000_000;

/** Bytes of the shortest instruction with a place to keep values for, and of one that adds operands. */
const SHORTEST_BRANCH_BYTES = 3;
const SHORTEST_OPERAND_BYTES = 2;

/** Bytes of machine code of a function with nothing in it, and to begin a local with null. */
const FRAME_BYTES = 512;
const LOCAL_BYTES = 8;

/** Bytes of machine code up to which functions are taken for the worst that they could be. */
const UNSEEN_LIMIT_BYTES = MACHINE_CODE_LIMIT_BYTES / 4;

/** Looks at the bodies of a module's functions, one after the other. */
export class FunctionBodies {
  readonly #arities: Arities;
  #machineBytes = 0;

  constructor(arities: Arities) {
    this.#arities = arities;
  }

  /** Bytes of machine code that V8 makes of them at most. */
  get machineBytes(): number {
    return this.#machineBytes;
  }

  /** Passes a function's body. Throws `Unsupported` where V8 would need too much to compile it. */
  add(body: BinaryReader, own: Arity): void {
    const { length } = body.bytes;
    if (length > BODY_LIMIT_BYTES) {
      throw new Unsupported(`a function of more than ${BODY_LIMIT_BYTES} bytes`);
    }
    let locals = own.parameters;
    body.vector(() => {
      locals += body.u32();
      skipType(body);
    });
    const frame = FRAME_BYTES + LOCAL_BYTES * locals;
    const { mostResults, mostValues } = this.#arities;
    const operands = (length / SHORTEST_OPERAND_BYTES) * Math.max(1, mostResults);
    const worst =
      frame +
      length * (LARGEST_INSTRUCTION_BYTES + VALUE_MOVE_BYTES * mostValues) +
      (length / SHORTEST_OPERAND_BYTES) * CALL_SHARE * (locals + operands);
    // Most are so short that nobody has to look.
    if (
      (length / SHORTEST_BRANCH_BYTES) * (locals + operands) <= KEPT_LIMIT &&
      this.#machineBytes + worst <= UNSEEN_LIMIT_BYTES
    ) {
      this.#machineBytes += worst;
      return;
    }
    const walk = new BodyWalk(body, own, locals, this.#arities);
    if (walk.kept > KEPT_LIMIT) {
      throw new Unsupported('a function with too many branches for its locals');
    }
    this.#machineBytes += frame + walk.machineBytes;
  }
}
