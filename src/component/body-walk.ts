/**
 * Walks the instructions of a function's body. It counts the operands, never too few, and estimates
 * the size of the machine code. It is one switch over the instructions, and longer than other files
 * for that.
 */
import { type BinaryReader, malformed } from './binary-reader.js';
import type { Arities, Arity } from './core-types.js';
import {
  BLOCK_END_BYTES,
  BRANCH_BYTES,
  CALL_BYTES,
  CALL_SHARE,
  changeByNumbered,
  changeByVector,
  LARGEST_INSTRUCTION_BYTES,
  MEMORY_PLACE,
  plainInstruction,
  VALUE_MOVE_BYTES,
} from './instructions.js';
import { skipType } from './skip-type.js';
import { Unsupported } from './unsupported.js';

/** An open block. */
interface Block {
  /** The number of operands below it. */
  readonly base: number;
  readonly arity: Arity;
  /** How many loops are open, itself among them. */
  readonly loops: number;
}

export class BodyWalk {
  readonly #body: BinaryReader;
  readonly #arities: Arities;
  readonly #own: Arity;
  readonly #locals: number;
  readonly #blocks: Block[] = [];
  #operands = 0;
  /** Places where control flow joins, and the operands at all of them. */
  #places = 0;
  #placeOperands = 0;
  #machineBytes = 0;
  #mostBlocks = 0;
  #branches = 0;
  #optimizingValues = 0;
  #hasTry = false;

  /** Walks the body of a function of this type with this number of locals. */
  constructor(body: BinaryReader, own: Arity, locals: number, arities: Arities) {
    this.#body = body;
    this.#own = own;
    this.#locals = locals;
    this.#arities = arities;
    while (!body.isAtEnd) this.#instruction(body.byte());
  }

  /**
   * The number of values that the compiler keeps at all joins of control flow and for open blocks.
   */
  get kept(): number {
    return this.#places * this.#locals + this.#placeOperands + BLOCK_VALUES * this.#mostBlocks;
  }

  /** Bytes of machine code that V8 makes of the instructions, at most. */
  get machineBytes(): number {
    return this.#machineBytes;
  }

  /** Places where control flow splits or joins; each case of a table is one. */
  get branches(): number {
    return this.#branches;
  }

  /** The number of values that the optimizing compiler keeps at all of these, and of loops around loops. */
  get optimizingValues(): number {
    return this.#optimizingValues;
  }

  #instruction(code: number): void {
    const body = this.#body;
    switch (code) {
      case 0x02: // block
        this.#begin(this.#blockType());
        break;
      case 0x03: // loop
        this.#begin(this.#blockType(), 1);
        break;
      case 0x06: // try
        this.#hasTry = true;
        this.#begin(this.#blockType());
        break;
      case 0x04: // if
        this.#add(-1);
        this.#begin(this.#blockType());
        break;
      case 0x1f: // try_table
        this.#hasTry = true;
        this.#begin(this.#blockType());
        body.vector(() => {
          if (body.byte() < 2) body.skipNumber();
          this.#branch(MOST_CAUGHT);
        });
        break;
      case 0x05: // else
        this.#restart();
        break;
      case 0x07: // catch
        body.skipNumber();
        this.#restart();
        this.#add(MOST_CAUGHT);
        this.#emit(MOST_CAUGHT);
        break;
      case 0x08: // throw
        body.skipNumber();
        this.#emit(MOST_CAUGHT);
        break;
      case 0x19: // catch_all
        this.#restart();
        break;
      case 0x0b: // end
        this.#end();
        break;
      case 0x18: // delegate
        body.skipNumber();
        this.#end();
        break;
      case 0x0c: // br
        this.#branch(0);
        break;
      case 0x0d: // br_if
        this.#add(-1);
        this.#branch(0);
        this.#place(CALL_SHARE);
        break;
      case 0x0e: // br_table
        body.vector(() => this.#branch(0));
        this.#branch(0);
        this.#place(CALL_SHARE);
        break;
      case 0x0f: // return
        this.#emit(this.#own.results, BRANCH_BYTES);
        break;
      case 0x10: // call
        this.#call(this.#arities.func(body.u32()), CALL_BYTES);
        break;
      case 0x11: {
        // call_indirect
        const arity = this.#arities.type(body.u32());
        body.skipNumber();
        this.#add(-1);
        this.#call(arity, LARGEST_INSTRUCTION_BYTES);
        break;
      }
      case 0x12: // return_call
        this.#emit(this.#arities.func(body.u32()).parameters);
        break;
      case 0x13: // return_call_indirect
        this.#emit(this.#arities.type(body.u32()).parameters);
        body.skipNumber();
        break;
      case 0x1c: // select with a type
        body.vector(() => skipType(body));
        this.#add(-2);
        break;
      case 0xfc:
        this.#numbered(body.u32());
        break;
      case 0xfd:
        this.#vector(body.u32());
        break;
      default:
        this.#plain(code);
        break;
    }
  }

  /** An instruction followed by numbers alone, if anything. */
  #plain(code: number): void {
    const found = plainInstruction(code);
    if (found === undefined)
      throw new Unsupported('functions with instructions that kv does not know');
    const { numbers, change, isLarge } = found;
    this.#machineBytes += isLarge
      ? LARGEST_INSTRUCTION_BYTES
      : numbers === MEMORY_PLACE
        ? MEMORY_BYTES
        : PLAIN_BYTES;
    if (numbers === MEMORY_PLACE) this.#memoryPlace();
    else if (numbers < 0) this.#body.part(-numbers);
    else for (let left = numbers; left > 0; left--) this.#body.skipNumber();
    this.#add(change);
  }

  /** Conversions, and instructions that move parts of memories and tables. */
  #numbered(code: number): void {
    const numbers = code < 8 ? 0 : [8, 10, 12, 14].includes(code) ? 2 : 1;
    for (let left = numbers; left > 0; left--) this.#body.skipNumber();
    this.#emit(0);
    this.#add(changeByNumbered(code));
  }

  #vector(code: number): void {
    const body = this.#body;
    if (code < 12 || (code >= 0x54 && code <= 0x5d)) this.#memoryPlace();
    if (code === 12 || code === 13) body.part(16);
    if ((code >= 0x15 && code <= 0x22) || (code >= 0x54 && code <= 0x5b)) body.byte();
    this.#emit(0);
    this.#add(changeByVector(code));
  }

  #memoryPlace(): void {
    const alignment = this.#body.u32();
    if ((alignment & WITH_MEMORY) !== 0) this.#body.skipNumber();
    this.#body.skipNumber();
  }

  #blockType(): Arity {
    const body = this.#body;
    const first = body.peek();
    if (first === NO_TYPE) {
      body.byte();
      return { parameters: 0, results: 0 };
    }
    if (first >= FIRST_VALUE_TYPE && first < 0x80) {
      skipType(body);
      return { parameters: 0, results: 1 };
    }
    return this.#arities.type(body.u32());
  }

  #begin(arity: Arity, ownLoops = 0): void {
    const loopsAround = this.#blocks.at(-1)?.loops ?? 0;
    const base = Math.max(0, this.#operands - arity.parameters);
    this.#blocks.push({ base, arity, loops: loopsAround + ownLoops });
    this.#mostBlocks = Math.max(this.#mostBlocks, this.#blocks.length);
    this.#place(1);
    this.#meet(arity.parameters + ownLoops * loopsAround);
  }

  #restart(): void {
    const { base, arity } = this.#blocks.at(-1) ?? fail();
    this.#operands = base + arity.parameters;
    this.#place(1);
    this.#meet(arity.results);
    this.#emit(arity.results, BLOCK_END_BYTES);
  }

  #end(): void {
    const block = this.#blocks.pop();
    // The last one ends the function.
    if (block !== undefined) this.#operands = block.base + block.arity.results;
    this.#emit((block?.arity ?? this.#own).results, BLOCK_END_BYTES);
  }

  /** A branch: the number of its target block follows, and values are moved there. */
  #branch(more: number): void {
    const { parameters, results } = this.#blocks.at(-1 - this.#body.u32())?.arity ?? this.#own;
    this.#emit(Math.max(parameters, results) + more, BRANCH_BYTES);
    this.#meet(Math.max(parameters, results));
  }

  /** Adds the machine code that moves so many values. */
  #emit(values: number, bytes = LARGEST_INSTRUCTION_BYTES): void {
    this.#machineBytes += bytes + VALUE_MOVE_BYTES * values;
  }

  #call({ parameters, results }: Arity, bytes: number): void {
    this.#add(results - parameters);
    // It may end in a catch.
    if (this.#hasTry) this.#meet(0);
    this.#place(CALL_SHARE);
    this.#placeOperands += parameters + results;
    this.#emit(parameters + results, bytes);
    this.#machineBytes += CALL_SHARE * (this.#locals + this.#operands);
  }

  /** Counts a branch, where the optimizing compiler keeps all locals and so many values beside. */
  #meet(values: number): void {
    this.#branches++;
    this.#optimizingValues += this.#locals + values;
  }

  #place(share: number): void {
    this.#places += share;
    this.#placeOperands += share * this.#operands;
  }

  #add(change: number): void {
    const base = this.#blocks.at(-1)?.base ?? 0;
    this.#operands = Math.max(base, this.#operands + change);
  }
}

/** What V8 keeps for an open block, counted in values: 1.5 KB. */
const BLOCK_VALUES = 64;

/** Bytes of machine code of an instruction on numbers, locals or memory, except the large ones. */
const PLAIN_BYTES = 12;

/** The same, for an instruction that reads or writes memory. */
const MEMORY_BYTES = 36;

/** A bit of an alignment: the number of a memory follows. */
const WITH_MEMORY = 0x40;

/** A block's type that takes and leaves nothing. */
const NO_TYPE = 0x40;

/** Bytes from here on are types of values. */
const FIRST_VALUE_TYPE = 0x63;

/** The most values in a caught exception; V8 writes and reads each in parts. */
const MOST_CAUGHT = 64;

function fail(): never {
  throw malformed;
}
