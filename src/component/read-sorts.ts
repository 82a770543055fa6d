/** Reads sorts of definitions, and aliases, in a component's binary. */
import { type BinaryReader, malformed } from './binary-reader.js';
import type { CoreSort } from './core-module.js';
import type { Alias, Sort } from './syntax.js';
import { Unsupported } from './unsupported.js';

/** The target of an alias. */
export function readAlias(reader: BinaryReader): Alias {
  const sort = readSort(reader);
  switch (reader.byte()) {
    case 0:
      return { of: 'export', sort, instance: reader.u32(), name: reader.text() };
    case 1:
      return { of: 'core export', sort, instance: reader.u32(), name: reader.text() };
    case 2:
      return { of: 'outer', sort, depth: reader.u32(), index: reader.u32() };
    default:
      throw malformed;
  }
}

export function readSort(reader: BinaryReader): Sort {
  if (reader.peek() === 0) {
    reader.byte();
    return readCoreSort(reader);
  }
  return sorts[reader.byte() - 1] ?? fail();
}

export function readCoreSort(reader: BinaryReader): Sort {
  const byte = reader.byte();
  if (byte === 0x10) throw new Unsupported('types of core WebAssembly in a component');
  if (byte === 0x11) return 'module';
  if (byte === 0x12) return 'core instance';
  return `core ${coreSorts[byte] ?? fail()}`;
}

const sorts: readonly Sort[] = ['func', 'value', 'type', 'component', 'instance'];

const coreSorts: readonly CoreSort[] = ['func', 'table', 'memory', 'global', 'tag'];

function fail(): never {
  throw malformed;
}
