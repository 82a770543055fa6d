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
  /** The versions that are taken for one another, and how a person is told of them. */
  readonly version: RegExp;
  readonly versions: string;
  /** `configured`: given where the command line gives settings, else denied. */
  readonly answer: Answer | 'configured';
  /** Each of the versions is another interface. */
  readonly areOthers?: true;
}

/** Patch versions only add, so that any of them is answered by the same functions. */
const wasi02 = /^0\.2\.\d+$/;

const offers: readonly Offer[] = [
  {
    name: /^wasi:keyvalue\/(wasi-keyvalue-error|types|eventual|atomic|eventual-batch)$/,
    version: /^0\.2\.0-draft$/,
    versions: '0.2.0-draft',
    answer: 'given',
  },
  {
    name: /^wasi:keyvalue\/(wasi-keyvalue-error|types|eventual|atomic|eventual-batch)$/,
    version: /^0\.1\.0$/,
    versions: '0.1.0',
    answer: 'given',
    areOthers: true,
  },
  {
    name: /^wasi:keyvalue\/(store|atomics|batch)$/,
    version: /^0\.2\.0-draft2?$/,
    versions: '0.2.0-draft and 0.2.0-draft2',
    answer: 'given',
    areOthers: true,
  },
  { name: /^wasi:io\/(error|poll|streams)$/, version: wasi02, versions: '0.2', answer: 'given' },
  {
    name: /^wasi:cli\/(environment|exit|stdin|stdout|stderr|terminal-(input|output|stdin|stdout|stderr))$/,
    version: wasi02,
    versions: '0.2',
    answer: 'given',
  },
  {
    name: /^wasi:clocks\/(monotonic-clock|wall-clock)$/,
    version: wasi02,
    versions: '0.2',
    answer: 'given',
  },
  {
    name: /^wasi:random\/(random|insecure|insecure-seed)$/,
    version: wasi02,
    versions: '0.2',
    answer: 'given',
  },
  {
    name: /^wasi:config\/store$/,
    version: /^0\.2\.0-(draft|rc\.1)$/,
    versions: '0.2.0-rc.1',
    answer: 'configured',
  },
  // Toolchains import these whether a program uses them or not.
  { name: /^wasi:(filesystem|sockets|http)\//, version: wasi02, versions: '0.2', answer: 'denied' },
];

/** What an import, named as the component has it (`wasi:cli/exit@0.2.1`), is answered with. */
export function answerTo(imported: string, isConfigured = false): Answer {
  const answer = offerOf(imported)?.answer ?? 'refused';
  if (answer !== 'configured') return answer;
  return isConfigured ? 'given' : 'denied';
}

/** In which other versions an interface is offered: `0.1.0 and 0.2.0-draft`. Undefined: in none. */
export function otherVersions(imported: string): string | undefined {
  if (offerOf(imported.replace(/#.*$/s, '')) !== undefined) return undefined;
  const [name] = splitVersion(imported);
  const versions = offers.filter((one) => one.name.test(name)).map((one) => one.versions);
  return versions.length === 0 ? undefined : versions.join(' and ');
}

/** Under which name an import is known here: without its version, where all that are taken are alike. */
export function ownName(imported: string): string {
  return offerOf(imported)?.areOthers ? imported : splitVersion(imported)[0];
}

function offerOf(imported: string): Offer | undefined {
  const [name, version] = splitVersion(imported);
  return offers.find((one) => one.name.test(name) && one.version.test(version));
}

/** `wasi:cli/run`, of any version that is taken for 0.2. */
export function isRun(exported: string): boolean {
  const [name, version] = splitVersion(exported);
  return name === 'wasi:cli/run' && wasi02.test(version);
}

/** An interface's name without its version, and the version. */
function splitVersion(imported: string): [name: string, version: string] {
  const at = imported.lastIndexOf('@');
  return at === -1 ? [imported, ''] : [imported.slice(0, at), imported.slice(at + 1)];
}
