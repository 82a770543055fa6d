/** Bounds what a core module's memories and tables can grow to, by maxima in its binary. */
import { BinaryReader } from './binary-reader.js';
import {
  type CoreModule,
  MAGIC,
  MEMORY,
  readLimits,
  readTable,
  type Size,
  TABLE,
} from './core-module.js';

/** For the module's own memories, in pages, and tables, in entries, in their order. */
export interface Maxima {
  readonly memories: readonly number[];
  readonly tables: readonly number[];
}

/** The module's bytes with these maxima, none of which may be below what it begins with. */
export function withMaxima(module: CoreModule, { memories, tables }: Maxima): Uint8Array {
  if (are(module.memories, memories) && are(module.tables, tables)) return module.bytes;
  const parts: Uint8Array[] = [Buffer.from(MAGIC)];
  const reader = new BinaryReader(module.bytes, MAGIC.length);
  reader.sections((id, content) => {
    let section = content.bytes;
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
    parts.push(Buffer.of(id), leb(section.length), section);
  });
  return Buffer.concat(parts);
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
