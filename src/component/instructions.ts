/**
 * The instructions of functions: the bytes that follow each, and its effect on the number of
 * operands.
 */

/** After the instruction come an alignment, perhaps the number of a memory, and an offset. */
export const MEMORY_PLACE = 99;

/**
 * Bytes of machine code that V8 makes, measured on x86-64 with its baseline compiler: the most for
 * an instruction that moves no values (`call_indirect`), and those for each value that a call or a
 * branch moves.
 */
export const LARGEST_INSTRUCTION_BYTES = 192;
export const VALUE_MOVE_BYTES = 16;

/** The most for a call, which also saves registers, for a branch, and for the end of a block. */
export const CALL_BYTES = 96;
export const BRANCH_BYTES = 64;
export const BLOCK_END_BYTES = 32;

/** A call keeps a bit for each value that it does not consume, counted here as an eighth. */
export const CALL_SHARE = 1 / 8;

/** An instruction with a one-byte code, followed by numbers alone, if anything. */
export interface PlainInstruction {
  /** The number of numbers that follow; below 0, the number of bytes; or `MEMORY_PLACE`. */
  readonly numbers: number;
  readonly change: number;
  /** Whether V8 makes more than a few machine instructions of it. */
  readonly isLarge: boolean;
}

/** Undefined for an instruction of another form, or an unknown one. */
export function plainInstruction(code: number): PlainInstruction | undefined {
  return byCode[code];
}

/**
 * The effect on the number of operands of conversions, and of moving parts of memories and tables.
 */
export function changeByNumbered(code: number): number {
  // `table.size` and `table.grow`; `data.drop` and `elem.drop` change nothing.
  if (code === 16) return 1;
  if (code === 15) return -1;
  return code < 8 || code === 9 || code === 13 ? 0 : -3;
}

/** The effect on the number of operands of an instruction on vectors; 0 for relaxed ones. */
export function changeByVector(code: number): number {
  if (code === 12) return 1;
  if (code === 11 || code === 0x52 || (code >= 0x58 && code <= 0x5b)) return -2;
  if (code < 13 || code > 0xff) return 0;
  return unary.some(([first, last]) => first <= code && code <= last) ? 0 : -1;
}

/** Instructions that turn one vector or number into another, as ranges of codes. */
const unary: readonly (readonly [first: number, last: number])[] = [
  [0x0f, 0x16], // splats, i8x16.extract_lane
  [0x18, 0x19],
  [0x1b, 0x1b],
  [0x1d, 0x1d],
  [0x1f, 0x1f],
  [0x21, 0x21],
  [0x4d, 0x4d], // v128.not
  [0x53, 0x53], // v128.any_true
  [0x5c, 0x64], // loads, conversions, i8x16.abs to i8x16.bitmask
  [0x67, 0x6a], // f32x4.ceil to f32x4.nearest
  [0x74, 0x75],
  [0x7a, 0x7a],
  [0x7c, 0x81], // pairwise sums, i16x8.abs and neg
  [0x83, 0x84],
  [0x87, 0x8a],
  [0x94, 0x94],
  [0xa0, 0xa1], // i32x4.abs and neg
  [0xa3, 0xa4],
  [0xa7, 0xaa],
  [0xc0, 0xc1], // i64x2.abs and neg
  [0xc3, 0xc4],
  [0xc7, 0xca],
  [0xe0, 0xe1], // f32x4.abs and neg
  [0xe3, 0xe3],
  [0xec, 0xed], // f64x2.abs and neg
  [0xef, 0xef],
  [0xf8, 0xff], // conversions
];

/** Ranges of codes. Instructions that do not return (`br`, `return`) change nothing here. */
const plain: readonly (readonly [first: number, last: number, numbers: number, change: number])[] =
  [
    [0x20, 0x20, 1, 1], // local.get
    [0x21, 0x21, 1, -1], // local.set
    [0x22, 0x22, 1, 0], // local.tee
    [0x41, 0x42, 1, 1], // i32.const, i64.const
    [0x28, 0x35, MEMORY_PLACE, 0], // loads
    [0x36, 0x3e, MEMORY_PLACE, -2], // stores
    [0x6a, 0x78, 0, -1], // i32.add to i32.rotr
    [0x46, 0x4f, 0, -1], // comparisons of i32
    [0x45, 0x45, 0, 0],
    [0x1a, 0x1a, 0, -1], // drop
    [0x1b, 0x1b, 0, -2], // select
    [0x23, 0x23, 1, 1], // global.get
    [0x24, 0x24, 1, -1], // global.set
    [0x25, 0x25, 1, 0], // table.get
    [0x26, 0x26, 1, -2], // table.set
    [0x3f, 0x3f, 1, 1], // memory.size
    [0x40, 0x40, 1, 0], // memory.grow
    [0x43, 0x43, -4, 1], // f32.const
    [0x44, 0x44, -8, 1], // f64.const
    [0x50, 0x50, 0, 0],
    [0x51, 0x66, 0, -1], // comparisons of i64, f32 and f64
    [0x67, 0x69, 0, 0],
    [0x79, 0x7b, 0, 0],
    [0x7c, 0x8a, 0, -1], // i64.add to i64.rotr
    [0x8b, 0x91, 0, 0],
    [0x92, 0x98, 0, -1], // f32.add to f32.copysign
    [0x99, 0x9f, 0, 0],
    [0xa0, 0xa6, 0, -1], // f64.add to f64.copysign
    [0xa7, 0xc4, 0, 0], // conversions
    [0xd0, 0xd0, 1, 1], // ref.null
    [0xd1, 0xd1, 0, 0], // ref.is_null
    [0xd2, 0xd2, 1, 1], // ref.func
    [0x00, 0x01, 0, 0], // unreachable, nop
    [0x09, 0x09, 1, 0], // rethrow
    [0x0a, 0x0a, 0, 0], // throw_ref
  ];

/** Ranges of codes of which V8 makes much machine code: loads, divisions, conversions. */
const large: readonly (readonly [first: number, last: number])[] = [
  [0x08, 0x13],
  [0x23, 0x26], // global.get to table.set
  [0x3f, 0x40], // memory.size, memory.grow
  [0x67, 0x69], // i32.clz to i32.popcnt
  [0x6d, 0x70], // i32.div_s to i32.rem_u
  [0x74, 0x7b], // i32.shl to i64.popcnt
  [0x7f, 0x82],
  [0x86, 0x98], // i64.shl to f32.copysign
  [0x99, 0xbf], // f64.abs to f64.reinterpret_i64
  [0xd0, 0xd2],
];

const byCode: (PlainInstruction | undefined)[] = Array.from({ length: 256 }, (_, code) => {
  const found = plain.find(([first, last]) => first <= code && code <= last);
  const isLarge = large.some(([first, last]) => first <= code && code <= last);
  return found && { numbers: found[2], change: found[3], isLarge };
});
