/** Writes a value: its bytes, the form that an option names, or on a terminal a readable form. */
import { hexDump } from './hex-dump.js';
import { isText, type Part } from './is-text.js';
import { layOutJson } from './json-layout.js';
import { unlessAborted } from './pump.js';
import { type Rendering, renderings } from './renderings.js';
import type { Output } from './terminal.js';

/** Larger JSON, in bytes, is laid out only on request: nobody reads that much. */
const LAYOUT_BYTES = 1024 * 1024;

/** Bytes of a binary value that a terminal shows. */
const DUMP_BYTES = 256;

export interface ValueOptions {
  /** The form; absent: the bytes, or on a terminal a readable form. */
  readonly form?: Rendering | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Which part of the value the pieces are; absent: all of it. */
  readonly part?: Part;
}

const whole: Part = { begun: false, goesOn: false };

/**
 * Writes a value's pieces. Without a form, a terminal gets text with its control characters escaped
 * (JSON laid out, if the output does that), or the head of a hex dump; for the latter it returns
 * false, since that is not the whole value. Throws as `Output.write` does, and the signal's reason.
 */
export async function writeValue(
  output: Output,
  pieces: Iterable<Uint8Array>,
  { form, signal, part = whole }: ValueOptions = {},
): Promise<boolean> {
  if (form === undefined && output.isTerminal) return show(output, pieces, part);
  for (const piece of renderings[form ?? 'raw'](pieces)) {
    if (piece.length === 0) continue;
    const writing = output.write(piece);
    await (signal ? unlessAborted(writing, signal) : writing);
  }
  if (output.isTerminal && form !== 'raw' && form !== 'json') await output.write('\n');
  return true;
}

async function show(
  output: Output,
  pieces: Iterable<Uint8Array>,
  { begun, goesOn }: Part,
): Promise<boolean> {
  const iterator = pieces[Symbol.iterator]();
  // A copy: the second piece may come in the same buffer.
  const first = Uint8Array.from(iterator.next().value ?? []);
  const second = iterator.next().value;
  const rest = chain(second ? [second] : [], { [Symbol.iterator]: () => iterator });
  if (!isText(first, { begun, goesOn: goesOn || second !== undefined })) {
    await output.write(hexDump(first.subarray(0, DUMP_BYTES), 0, output.columns));
    return false;
  }
  const { head, isWhole } =
    output.laysOutJson && beginsJson(first) ? hold(first, rest) : { head: [first], isWhole: false };
  const laidOut = isWhole ? layOutJson(Buffer.concat(head).toString()) : undefined;
  if (laidOut !== undefined) {
    await output.write(laidOut);
    return true;
  }
  let last = '';
  for (const text of renderings.text(chain(head, rest))) {
    if (text.length > 0) last = text as string;
    await output.write(text);
  }
  if (!last.endsWith('\n')) await output.write('\n');
  return true;
}

/** Whether a value may be an object or an array; a lone number needs no layout. */
function beginsJson(first: Uint8Array): boolean {
  return /^\s*[[{]/.test(Buffer.from(first.subarray(0, 100)).toString('latin1'));
}

/** The first pieces of a value, up to the size that is laid out by default. */
function hold(
  first: Uint8Array,
  rest: Iterable<Uint8Array>,
): { head: Uint8Array[]; isWhole: boolean } {
  const head = [Uint8Array.from(first)];
  let size = first.length;
  const iterator = rest[Symbol.iterator]();
  while (size <= LAYOUT_BYTES) {
    const { done, value } = iterator.next();
    if (done) return { head, isWhole: true };
    head.push(Uint8Array.from(value));
    size += value.length;
  }
  return { head, isWhole: false };
}

function* chain(head: readonly Uint8Array[], rest: Iterable<Uint8Array>): Generator<Uint8Array> {
  yield* head;
  yield* rest;
}
