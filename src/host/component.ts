/**
 * What a component's binary says: the names of its imports and of its exports, and that no name in
 * it, however deep, is one that the toolchain would write into its output as code.
 *
 * The formats are those of WebAssembly's core specification and of the component model's `Binary.md`.
 */
import { KvError } from '../errors.js';
import { BinaryReader, malformed } from './binary-reader.js';

/** Names as the component has them: `wasi:cli/run@0.2.1`. */
export interface Component {
  readonly imports: readonly string[];
  readonly exports: readonly string[];
}

const MAGIC = [0x00, 0x61, 0x73, 0x6d];

/** Version and layer of a component, and those of a module of core WebAssembly. */
const COMPONENT = [0x0d, 0x00, 0x01, 0x00];
const MODULE = [0x01, 0x00, 0x00, 0x00];

/** Sections of a component. */
const CORE_MODULE = 1;
const CORE_INSTANCE = 2;
const NESTED_COMPONENT = 4;
const ALIAS = 6;
const IMPORT = 10;
const EXPORT = 11;

/** Sections of a core module. */
const CORE_IMPORT = 2;
const CORE_EXPORT = 7;

/** How deep components may lie in one another. */
const DEPTH_LIMIT = 100;

/**
 * What toolchains make names of. The transpiler puts names between quotes as they are, so that a
 * quote or a backslash in one would end the string, and what comes after it would be run as code,
 * outside of everything that a guest is held in.
 */
const harmless = /^[\w$.:/@#[\]<>()=+,;!?%&|~^ -]*$/;

/**
 * Reads the binary's names. Throws `not-a-component` for anything else, for what ends in the midst
 * of itself, and for a name that is not harmless; `action` is what was tried.
 */
export function readComponent(bytes: Uint8Array, action: string): Component {
  const refuse = (state: string) => new KvError('not-a-component', `cannot ${action}: ${state}`);
  const reader = new BinaryReader(bytes);
  if (!reader.takes(MAGIC)) throw refuse('it is not WebAssembly');
  if (reader.takes(MODULE)) throw refuse('it is a module of core WebAssembly, not a component');
  if (!reader.takes(COMPONENT)) {
    throw refuse('it is a component of a version this kv does not know');
  }
  const name = (text: string): string => {
    if (harmless.test(text)) return text;
    throw refuse(`it holds the name "${text}", which no toolchain makes`);
  };
  try {
    return readSections(reader, name, 0);
  } catch (thrown) {
    if (thrown !== malformed) throw thrown;
    throw refuse('it is damaged, or cut off');
  }
}

/** Returns the name, or throws where it is not harmless. */
type NameCheck = (text: string) => string;

function readSections(reader: BinaryReader, name: NameCheck, depth: number): Component {
  if (depth > DEPTH_LIMIT) throw malformed;
  const imports: string[] = [];
  const exports: string[] = [];
  reader.sections((id, content) => {
    if (id === CORE_MODULE) checkModule(content, name);
    if (id === CORE_INSTANCE) content.each(() => checkCoreInstance(content, name));
    if (id === ALIAS) content.each(() => checkAlias(content, name));
    if (id === NESTED_COMPONENT) {
      if (!content.takes([...MAGIC, ...COMPONENT])) throw malformed;
      readSections(content, name, depth + 1);
    }
    if (id === IMPORT) {
      content.each(() => {
        imports.push(readName(content, name));
        skipExternDesc(content);
      });
    }
    if (id === EXPORT) {
      content.each(() => {
        exports.push(readName(content, name));
        skipSort(content);
        content.u32();
        if (content.byte() === 1) skipExternDesc(content);
      });
    }
  });
  return { imports, exports };
}

/** The name of an import or export; what some versions put behind it is passed over. */
function readName(reader: BinaryReader, name: NameCheck): string {
  const form = reader.byte();
  if (form > 2) throw malformed;
  const text = name(reader.text());
  if (form === 2) {
    reader.each(() => {
      reader.byte();
      name(reader.text());
    });
  }
  return text;
}

function skipExternDesc(reader: BinaryReader): void {
  const sort = reader.byte();
  if (sort > 5 || (sort === 0 && reader.byte() !== 0x11)) throw malformed;
  // Bounds of types and values: that of a resource to be made has no index, every other has one.
  if ((sort === 2 || sort === 3) && reader.byte() === 1 && sort === 3) return;
  reader.skipNumber();
}

function skipSort(reader: BinaryReader): void {
  if (reader.byte() === 0) reader.byte();
}

function checkCoreInstance(reader: BinaryReader, name: NameCheck): void {
  const form = reader.byte();
  if (form > 1) throw malformed;
  if (form === 0) reader.u32();
  reader.each(() => {
    name(reader.text());
    reader.byte();
    reader.u32();
  });
}

function checkAlias(reader: BinaryReader, name: NameCheck): void {
  skipSort(reader);
  const target = reader.byte();
  if (target > 2) throw malformed;
  reader.u32();
  if (target === 2) reader.u32();
  else name(reader.text());
}

function checkModule(module: BinaryReader, name: NameCheck): void {
  if (!module.takes([...MAGIC, ...MODULE])) throw malformed;
  module.sections((id, content) => {
    if (id === CORE_IMPORT) {
      content.each(() => {
        name(content.text());
        name(content.text());
        skipCoreImport(content);
      });
    }
    if (id === CORE_EXPORT) {
      content.each(() => {
        name(content.text());
        content.byte();
        content.u32();
      });
    }
  });
}

/** What kind of thing a core module imports, and its type. */
function skipCoreImport(reader: BinaryReader): void {
  switch (reader.byte()) {
    case 0: // a function
      reader.u32();
      return;
    case 1: // a table
      skipValueType(reader);
      skipLimits(reader);
      return;
    case 2: // a memory
      skipLimits(reader);
      return;
    case 3: // a global
      skipValueType(reader);
      reader.byte();
      return;
    case 4: // a tag
      reader.byte();
      reader.u32();
      return;
    default:
      throw malformed;
  }
}

function skipValueType(reader: BinaryReader): void {
  const type = reader.byte();
  // A reference that says to what.
  if (type === 0x63 || type === 0x64) reader.skipNumber();
}

function skipLimits(reader: BinaryReader): void {
  const flags = reader.byte();
  reader.skipNumber();
  if (flags & 1) reader.skipNumber();
  if (flags & 8) reader.skipNumber();
}
