/**
 * Bounds the growth of a core module's memories and tables by maxima in its binary, and makes it
 * export every memory, so that none grows unnoticed. Leaves custom sections out.
 */
import { BinaryReader } from './binary-reader.js';
import { type CoreModule, CUSTOM, EXPORT, MAGIC, MEMORY, TABLE, TAG } from './core-module.js';
import { readLimits, readTable, type Size } from './core-types.js';

/** The kind of an exported memory. */
const MEMORY_SORT = 2;

/** For the module's own memories in pages, and tables in entries, in order. */
export interface Maxima {
  readonly memories: readonly number[];
  readonly tables: readonly number[];
}

/** The module's bytes with these maxima, none of which may be below the initial size. */
export function withMaxima(module: CoreModule, { memories, tables }: Maxima): Uint8Array {
  const { hiddenMemories, isAnnotated } = module;
  const isBounded = are(module.memories, memories) && are(module.tables, tables);
  if (isBounded && hiddenMemories.length === 0 && !isAnnotated) return module.bytes;
  const more = hiddenMemories.map((index) => exportOfMemory(hiddenName(module, index), index));
  let areExported = more.length === 0;
  const parts: Uint8Array[] = [Buffer.from(MAGIC)];
  const reader = new BinaryReader(module.bytes, MAGIC.length);
  reader.sections((id, content) => {
    // V8 makes strings of some in its heap.
    if (id === CUSTOM) return;
    let section = content.bytes;
    if (!areExported && isAfterGlobals(id)) {
      areExported = true;
      if (id === EXPORT) {
        // Before the module's own exports: nothing after them can change what these are.
        section = Buffer.concat([leb(content.u32() + more.length), ...more, content.rest]);
      } else parts.push(...sectionOf(EXPORT, Buffer.concat([leb(more.length), ...more])));
    }
    if (id === MEMORY) {
      section = vector(content, (index) => {
        return limits(readLimits(content).initial, memories[index]!);
      });
    }
    if (id === TABLE) {
      section = vector(content, (index) => {
        const type = content.peek();
        return Buffer.concat([Buffer.of(type), limits(readTable(content).initial, tables[index]!)]);
      });
    }
    parts.push(...sectionOf(id, section));
  });
  if (!areExported) parts.push(...sectionOf(EXPORT, Buffer.concat([leb(more.length), ...more])));
  return Buffer.concat(parts);
}

/** The name under which a hidden memory is exported. */
export function hiddenName({ exports }: CoreModule, index: number): string {
  let name = `memory ${index}`;
  while (exports.has(name)) name += ' ';
  return name;
}

/**
 * Whether a section comes where the exports do, or behind: sections are not in the order of their
 * numbers.
 */
function isAfterGlobals(id: number): boolean {
  return id >= EXPORT && id !== TAG;
}

function sectionOf(id: number, content: Uint8Array): Uint8Array[] {
  return [Buffer.of(id), leb(content.length), content];
}

function exportOfMemory(name: string, index: number): Uint8Array {
  const text = Buffer.from(name);
  return Buffer.concat([leb(text.length), text, Buffer.of(MEMORY_SORT), leb(index)]);
}

function are(sizes: readonly Size[], maxima: readonly number[]): boolean {
  return sizes.every(({ maximum }, index) => maximum === maxima[index]);
}

function vector(content: BinaryReader, item: (index: number) => Uint8Array): Uint8Array {
  let index = 0;
  const items = content.vector(() => item(index++));
  return Buffer.concat([leb(items.length), ...items]);
}

function limits(initial: number, maximum: number): Uint8Array {
  return Buffer.concat([Buffer.of(1), leb(initial), leb(maximum)]);
}

/** A number in LEB128, unsigned. */
function leb(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}
