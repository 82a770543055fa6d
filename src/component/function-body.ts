/**
 * What V8 needs to compile a function, estimated from its body. V8's compilers keep the location of
 * each local and operand for each join of control flow, so a body of 100 KB can take 20 GB: the
 * locals and operands at all joins are counted. A branch of four bytes that passes values becomes a
 * kilobyte of machine code, which stays: V8 ends the process at 4 GB.
 */
import type { BinaryReader } from './binary-reader.js';
import { BodyWalk } from './body-walk.js';
import type { Arities, Arity } from './core-types.js';
import { CALL_SHARE, LARGEST_INSTRUCTION_BYTES, VALUE_MOVE_BYTES } from './instructions.js';
import { MACHINE_CODE_LIMIT_BYTES } from './room.js';
import { skipType } from './skip-type.js';
import { Unsupported } from './unsupported.js';

/** Bytes of the longest body. */
const BODY_LIMIT_BYTES = 1024 * 1024;

/** The most values to keep; V8 takes 24 bytes for each while it compiles the function, 240 MB. */
const KEPT_LIMIT = 10_000_000;

/**
 * Bytes of the shortest instruction that adds a join of control flow, and of one that adds
 * operands.
 */
const SHORTEST_BRANCH_BYTES = 3;
const SHORTEST_OPERAND_BYTES = 2;

/** Bytes of machine code of an empty function, and of setting a local to null. */
const FRAME_BYTES = 512;
const LOCAL_BYTES = 8;

/** Below this many bytes of machine code in all, functions are assumed to be the worst possible. */
const UNSEEN_LIMIT_BYTES = MACHINE_CODE_LIMIT_BYTES / 4;

/** Checks the bodies of a module's functions, one after the other. */
export class FunctionBodies {
  readonly #arities: Arities;
  #machineBytes = 0;

  constructor(arities: Arities) {
    this.#arities = arities;
  }

  /** Bytes of machine code that V8 makes of them, at most. */
  get machineBytes(): number {
    return this.#machineBytes;
  }

  /** Skips a function's body. Throws `Unsupported` if V8 would need too much to compile it. */
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
    // Most are too short to need the walk.
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
