/** Which imports a component may have, and how each is answered. */

/** How an import is answered. */
export type Answer =
  /** kv implements it. */
  | 'given'
  /** The interface seems to have nothing to give, and using it nevertheless is a trap. */
  | 'denied'
  /** The component is not run. */
  | 'refused';

interface Offer {
  readonly name: RegExp;
  /** The versions that are treated as equal, and how messages name them. */
  readonly version: RegExp;
  readonly versions: string;
  /** `configured`: `given` if the command line gives settings, else `denied`. */
  readonly answer: Answer | 'configured';
  /** Whether each version is an interface of its own. */
  readonly areOthers?: true;
}

/**
 * Patch versions only add, so the same functions answer any of them. `0.2` is how the component
 * model abbreviates them.
 */
const wasi02 = /^0\.2(\.\d+)?$/;

const offers: readonly Offer[] = [
  {
    name: /^wasi:keyvalue\/(wasi-keyvalue-error|types|eventual|atomic|eventual-batch)$/,
    version: /^0\.2\.0-draft$/,
    versions: '0.2.0-draft',
    answer: 'given',
  },
  {
    name: /^wasi:keyvalue\/(wasi-keyvalue-error|types|eventual|atomic|eventual-batch|cache)$/,
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
  // Toolchains import these whether or not a program uses them.
  { name: /^wasi:(filesystem|sockets|http)\//, version: wasi02, versions: '0.2', answer: 'denied' },
];

/** How an import is answered, by its name in the component (`wasi:cli/exit@0.2.1`). */
export function answerTo(imported: string, isConfigured = false): Answer {
  const answer = offerOf(imported)?.answer ?? 'refused';
  if (answer !== 'configured') return answer;
  return isConfigured ? 'given' : 'denied';
}

/**
 * The other versions in which an interface is offered: `0.1.0 and 0.2.0-draft`. Undefined: none.
 */
export function otherVersions(imported: string): string | undefined {
  if (offerOf(imported.replace(/#.*$/s, '')) !== undefined) return undefined;
  const [name] = splitVersion(imported);
  const versions = offers.filter((one) => one.name.test(name)).map((one) => one.versions);
  return versions.length === 0 ? undefined : versions.join(' and ');
}

/** kv's name for an import: without the version, if all accepted versions are equal. */
export function ownName(imported: string): string {
  return offerOf(imported)?.areOthers ? imported : splitVersion(imported)[0];
}

function offerOf(imported: string): Offer | undefined {
  const [name, version] = splitVersion(imported);
  return offers.find((one) => one.name.test(name) && one.version.test(version));
}

/** Whether it is `wasi:cli/run`, in any version accepted as 0.2. */
export function isRun(exported: string): boolean {
  const [name, version] = splitVersion(exported);
  return name === 'wasi:cli/run' && wasi02.test(version);
}

/** An interface's name without its version, and the version. */
function splitVersion(imported: string): [name: string, version: string] {
  const at = imported.lastIndexOf('@');
  return at === -1 ? [imported, ''] : [imported.slice(0, at), imported.slice(at + 1)];
}
