/**
 * What V8 needs to compile a function, estimated from its body. V8's compilers keep the location of
 * each local and operand for each join of control flow, so a body of 100 KB can take 20 GB: the
 * locals and operands at all joins are counted. A branch of four bytes that passes values becomes a
 * kilobyte of machine code, which stays: V8 ends the process at 4 GB.
 */
import { type BinaryReader, malformed } from './binary-reader.js';
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
 * The largest functions that V8's optimizing compiler gets; the end of the process waits for it. Counted are the
 * bytes of the body, the places where control flow splits or joins (branches), and the values that the compiler
 * keeps at all of them, about 300 bytes each. Its time grows with the square of the depth of loops, and, in
 * Node 24, with the third power of the branches on one condition.
 */
const OPTIMIZED_BYTES = 128 * 1024;
const OPTIMIZED_BRANCHES = 6000;
const OPTIMIZED_VALUES = 1_000_000;

/** Bytes of a body too short for too many branches, and for loops too deep. */
const SIMPLE_BYTES = 4096;

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

/** Checks the bodies of a module's functions. */
export class FunctionBodies {
  readonly #arities: Arities;
  #machineBytes = 0;
  #areOptimizable = true;

  constructor(arities: Arities) {
    this.#arities = arities;
  }

  /** Bytes of machine code that V8 makes of them, at most. */
  get machineBytes(): number {
    return this.#machineBytes;
  }

  /** Whether V8's optimizing compiler may get each of them. */
  get areOptimizable(): boolean {
    return this.#areOptimizable;
  }

  /**
   * Reads a section of bodies; `ownAt` gives the type of each. Throws `Unsupported` if V8 would need too much to
   * compile one.
   */
  addSection(section: BinaryReader, ownAt: (index: number) => Arity): void {
    const bodies = section.vector(() => section.part(section.u32()));
    // One that is too long spares the others the walk.
    this.#areOptimizable = bodies.every(({ bytes }) => bytes.length <= OPTIMIZED_BYTES);
    for (const [index, body] of bodies.entries()) this.#add(body, ownAt(index));
  }

  #add(body: BinaryReader, own: Arity): void {
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
    const isSmall =
      (length / SHORTEST_BRANCH_BYTES) * (locals + operands) <= KEPT_LIMIT &&
      this.#machineBytes + worst <= UNSEEN_LIMIT_BYTES;
    const isSimple = length <= SIMPLE_BYTES && length * (locals + mostValues) <= OPTIMIZED_VALUES;
    // Most are too short to need the walk.
    if (isSmall && (isSimple || !this.#areOptimizable)) {
      this.#machineBytes += worst;
      return;
    }
    const walk = this.#walk(body, own, locals, isSmall);
    this.#areOptimizable &&= walk !== undefined && isOptimizable(walk);
    if (walk !== undefined && walk.kept > KEPT_LIMIT) {
      throw new Unsupported('a function with too many branches for its locals');
    }
    this.#machineBytes += walk === undefined ? worst : frame + walk.machineBytes;
  }

  /** Undefined for a small body with instructions that kv does not know. */
  #walk(body: BinaryReader, own: Arity, locals: number, isSmall: boolean): BodyWalk | undefined {
    try {
      return new BodyWalk(body, own, locals, this.#arities);
    } catch (thrown) {
      if (isSmall && (thrown === malformed || thrown instanceof Unsupported)) return undefined;
      throw thrown;
    }
  }
}

function isOptimizable({ branches, optimizingValues }: BodyWalk): boolean {
  return branches <= OPTIMIZED_BRANCHES && optimizingValues <= OPTIMIZED_VALUES;
}
