/** What a component may import, and what each of its imports is answered with. */

/** How an import is answered. */
export type Answer =
  /** By kv. */
  | 'given'
  /** As if there were none of it, and with a trap for whatever is used all the same. */
  | 'denied'
  /** Not at all: the component is not run. */
  | 'refused';

interface Offer {
  readonly name: RegExp;
  /** The versions that are taken for one another. */
  readonly version: RegExp;
  readonly answer: Answer;
}

/** Patch versions only add, so that any of them is answered by the same functions. */
const wasi02 = /^0\.2\.\d+$/;

const offers: readonly Offer[] = [
  {
    name: /^wasi:keyvalue\/(wasi-keyvalue-error|types|eventual|atomic|eventual-batch)$/,
    version: /^0\.2\.0-draft$/,
    answer: 'given',
  },
  { name: /^wasi:io\/(error|poll|streams)$/, version: wasi02, answer: 'given' },
  {
    name: /^wasi:cli\/(environment|exit|stdin|stdout|stderr|terminal-(input|output|stdin|stdout|stderr))$/,
    version: wasi02,
    answer: 'given',
  },
  { name: /^wasi:clocks\/(monotonic-clock|wall-clock)$/, version: wasi02, answer: 'given' },
  { name: /^wasi:random\/(random|insecure|insecure-seed)$/, version: wasi02, answer: 'given' },
  // Toolchains import these whether a program uses them or not.
  { name: /^wasi:(filesystem|sockets|http)\//, version: wasi02, answer: 'denied' },
];

/** What an import, named as the component has it (`wasi:cli/exit@0.2.1`), is answered with. */
export function answerTo(imported: string): Answer {
  const [name, version] = splitVersion(imported);
  const offer = offers.find((one) => one.name.test(name) && one.version.test(version));
  return offer?.answer ?? 'refused';
}

/** `wasi:cli/run`, of any version that is taken for 0.2. */
export function isRun(exported: string): boolean {
  const [name, version] = splitVersion(exported);
  return name === 'wasi:cli/run' && wasi02.test(version);
}

/** An interface's name without its version, and the version. */
export function splitVersion(imported: string): [name: string, version: string] {
  const at = imported.lastIndexOf('@');
  return at === -1 ? [imported, ''] : [imported.slice(0, at), imported.slice(at + 1)];
}
