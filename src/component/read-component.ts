/** Reads a component's binary, as the component model's `Binary.md` describes it for WASI 0.2. */
import { BinaryReader, malformed } from './binary-reader.js';
import { readCoreModule } from './core-module.js';
import { Declared } from './declared.js';
import { readAlias, readCoreSort, readSort } from './read-sorts.js';
import { readExternDesc, readExternName, readType } from './read-types.js';
import type { CanonOptions, ComponentSyntax, Definition, Reference } from './syntax.js';
import { Unsupported } from './unsupported.js';

const MAGIC = [0x00, 0x61, 0x73, 0x6d];

/** Version and layer of a component, and those of a module of core WebAssembly. */
const COMPONENT = [0x0d, 0x00, 0x01, 0x00];
const MODULE = [0x01, 0x00, 0x00, 0x00];

/** How deep components may be nested. */
const DEPTH_LIMIT = 100;

/** What the first bytes of a file say it is. */
export type Format = 'component' | 'component of another version' | 'core module' | 'other';

export function formatOf(bytes: Uint8Array): Format {
  const reader = new BinaryReader(bytes);
  if (!reader.takes(MAGIC)) return 'other';
  if (reader.takes(MODULE)) return 'core module';
  return reader.takes(COMPONENT) ? 'component' : 'component of another version';
}

/** Reads a component. Throws `malformed`, and `Unsupported` for features outside WASI 0.2. */
export function readComponent(bytes: Uint8Array): ComponentSyntax {
  return readWhole(new BinaryReader(bytes), new Declared(), 0);
}

function readWhole(reader: BinaryReader, declared: Declared, depth: number): ComponentSyntax {
  if (depth > DEPTH_LIMIT || !reader.takes([...MAGIC, ...COMPONENT])) throw malformed;
  const definitions: Definition[] = [];
  declared.add(MAGIC.length + COMPONENT.length);
  reader.sections((id, content) => {
    const add = (read: (content: BinaryReader) => Definition) => {
      declared.add(content.bytes.length);
      content.vector(() => definitions.push(read(content)));
      if (!content.isAtEnd) throw malformed;
    };
    switch (id) {
      case 0:
        return; // custom
      case 1:
        definitions.push({ kind: 'core module', module: readCoreModule(content, declared) });
        return;
      case 2:
        return add(readCoreInstance);
      case 3:
        throw new Unsupported('types of core WebAssembly in a component');
      case 4:
        definitions.push({ kind: 'component', component: readWhole(content, declared, depth + 1) });
        return;
      case 5:
        return add(readInstance);
      case 6:
        return add((one) => ({ kind: 'alias', alias: readAlias(one) }));
      case 7:
        return add((one) => ({ kind: 'type', type: readType(one) }));
      case 8:
        return add(readCanon);
      case 9:
        throw new Unsupported('a start function of a component');
      case 10:
        return add((one) => {
          return { kind: 'import', name: readExternName(one), desc: readExternDesc(one) };
        });
      case 11:
        return add(readExport);
      case 12:
        throw new Unsupported('values of a component');
      default:
        throw malformed;
    }
  });
  return { definitions };
}

function readCoreInstance(reader: BinaryReader): Definition {
  switch (reader.byte()) {
    case 0: {
      const module = reader.u32();
      const given = reader.vector(() => {
        const name = reader.text();
        if (reader.byte() !== 0x12) throw malformed;
        return { name, instance: reader.u32() };
      });
      return { kind: 'core instance', module, with: given };
    }
    case 1: {
      const exports = reader.vector(() => {
        return { name: reader.text(), sort: readCoreSort(reader), index: reader.u32() };
      });
      return { kind: 'core exports', exports };
    }
    default:
      throw malformed;
  }
}

function readInstance(reader: BinaryReader): Definition {
  switch (reader.byte()) {
    case 0: {
      const component = reader.u32();
      const given = reader.vector(() => readReference(reader, reader.text()));
      return { kind: 'instance', component, with: given };
    }
    case 1:
      return {
        kind: 'exports',
        exports: reader.vector(() => readReference(reader, readExternName(reader))),
      };
    default:
      throw malformed;
  }
}

function readReference(reader: BinaryReader, name: string): Reference {
  return { name, sort: readSort(reader), index: reader.u32() };
}

function readExport(reader: BinaryReader): Definition {
  const name = readExternName(reader);
  const sort = readSort(reader);
  const index = reader.u32();
  reader.optional(() => readExternDesc(reader));
  return { kind: 'export', name, sort, index };
}

function readCanon(reader: BinaryReader): Definition {
  switch (reader.byte()) {
    case 0x00: {
      if (reader.byte() !== 0) throw malformed;
      const core = reader.u32();
      return { kind: 'lift', core, options: readOptions(reader), type: reader.u32() };
    }
    case 0x01: {
      if (reader.byte() !== 0) throw malformed;
      const func = reader.u32();
      return { kind: 'lower', func, options: readOptions(reader) };
    }
    case 0x02:
      return { kind: 'resource.new', type: reader.u32() };
    case 0x03:
      return { kind: 'resource.drop', type: reader.u32() };
    case 0x04:
      return { kind: 'resource.rep', type: reader.u32() };
    default:
      throw new Unsupported('functions of WASI 0.3');
  }
}

function readOptions(reader: BinaryReader): CanonOptions {
  const options: { -readonly [Name in keyof CanonOptions]: CanonOptions[Name] } = {
    encoding: 'utf8',
  };
  reader.vector(() => {
    switch (reader.byte()) {
      case 0:
        options.encoding = 'utf8';
        break;
      case 1:
        options.encoding = 'utf16';
        break;
      case 2:
        options.encoding = 'latin1+utf16';
        break;
      case 3:
        options.memory = reader.u32();
        break;
      case 4:
        options.realloc = reader.u32();
        break;
      case 5:
        options.postReturn = reader.u32();
        break;
      default:
        throw new Unsupported('functions of WASI 0.3');
    }
  });
  return options;
}
