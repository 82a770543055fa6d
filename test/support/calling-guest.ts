/** Guests that call one function of those offered, with parameters that it takes. */
import offered from '../../src/host/offered.json' with { type: 'json' };
import { guestOf } from './hostile-guest.js';
import { coreTypeOf, functionOfText, type ValueText } from './type-of-text.js';

/** Where what functions return lies, and a list of one value. */
const RESULT = '(i32.const 1024)';
const LIST = 512;

/** In the guest's memory: the name of a bucket, a key that is there, and one that is not. */
const DATA =
  '(data (i32.const 16) "default") (data (i32.const 32) "victim") (data (i32.const 48) "nobody")';
const NAME = '(i32.const 16) (i32.const 7)';
const PRESENT = '(i32.const 32) (i32.const 6)';
const ABSENT = '(i32.const 48) (i32.const 6)';

/** How a guest comes by a handle: what it imports, what it does, and where the handle is then. */
interface Maker {
  readonly imports: readonly string[];
  readonly before: string;
  readonly handle: string;
}

const makers = new Map<string, Maker>();

/** A maker that calls one function more than another, or than none. */
function made(
  resource: string,
  name: string,
  call: (handle: string) => string,
  from?: string,
): void {
  const { imports = [], before = '', handle = '' } = from === undefined ? {} : makers.get(from)!;
  const text = call(handle);
  const isReturned = !text.includes(RESULT);
  makers.set(resource, {
    imports: [...imports, name],
    before: isReturned ? before : `${before} ${text}`,
    handle: isReturned
      ? text
      : `(i32.load (i32.const ${text.includes('get ') || text.includes('flush') ? 1032 : 1028}))`,
  });
}

for (const version of ['', '@0.1.0']) {
  const types = `wasi:keyvalue/types${version}`;
  const open = `(call $types${version}.bucket.open-bucket`;
  const bucket = `${types}.bucket`;
  made(bucket, `${types}#[static]bucket.open-bucket`, () => `${open} ${NAME} ${RESULT})`);
  made(
    `wasi:keyvalue/wasi-keyvalue-error${version}.error`,
    `${types}#[static]bucket.open-bucket`,
    () => `${open} ${ABSENT} ${RESULT})`,
  );
  made(
    `${types}.incoming-value`,
    `wasi:keyvalue/eventual${version}#get`,
    (handle) => `(call $eventual${version}.get ${handle} ${PRESENT} ${RESULT})`,
    bucket,
  );
  made(
    `${types}.outgoing-value`,
    `${types}#[static]outgoing-value.new-outgoing-value`,
    () => `(call $types${version}.outgoing-value.new-outgoing-value)`,
  );
}
for (const version of ['@0.2.0-draft', '@0.2.0-draft2']) {
  const call = `(call $store${version}.open ${NAME} ${RESULT})`;
  made(`wasi:keyvalue/store${version}.bucket`, `wasi:keyvalue/store${version}#open`, () => call);
}
made(
  'wasi:keyvalue/atomics@0.2.0-draft2.cas',
  'wasi:keyvalue/atomics@0.2.0-draft2#[static]cas.new',
  (handle) => `(call $atomics@0.2.0-draft2.cas.new ${handle} ${PRESENT} ${RESULT})`,
  'wasi:keyvalue/store@0.2.0-draft2.bucket',
);
const cache = 'wasi:keyvalue/cache@0.1.0';
for (const [future, name, key] of [
  ['future-get-result', 'get', PRESENT],
  ['future-exists-result', 'exists', PRESENT],
  ['future-get-or-set-result', 'get-or-set', ABSENT],
  ['future-result', 'delete', ABSENT],
] as const) {
  made(`${cache}.${future}`, `${cache}#${name}`, () => `(call $cache@0.1.0.${name} ${key})`);
}
const vacant = makers.get(`${cache}.future-get-or-set-result`)!;
const member = 'future-get-or-set-result.future-get-or-set-result-get';
makers.set(`${cache}.vacancy`, {
  imports: [...vacant.imports, `${cache}#[method]${member}`],
  before: `(call $cache@0.1.0.${member} ${vacant.handle} ${RESULT})`,
  // In a variant, in a result, in an option.
  handle: '(i32.load (i32.const 1036))',
});
made('wasi:io/poll.pollable', 'wasi:clocks/monotonic-clock#subscribe-duration', () => {
  return '(call $monotonic-clock.subscribe-duration (i64.const 0))';
});
made(
  'wasi:io/streams.input-stream',
  'wasi:keyvalue/types#[static]incoming-value.incoming-value-consume-async',
  (handle) => `(call $types.incoming-value.incoming-value-consume-async ${handle} ${RESULT})`,
  'wasi:keyvalue/types.incoming-value',
);
made('stderr', 'wasi:cli/stderr#get-stderr', () => '(call $stderr.get-stderr)');
made(
  'wasi:io/error.error',
  'wasi:io/streams#[method]output-stream.blocking-write-and-flush',
  (handle) => `(call $streams.output-stream.blocking-write-and-flush ${handle} ${NAME} ${RESULT})`,
  'stderr',
);
makers.set('wasi:io/streams.output-stream', {
  imports: ['wasi:cli/stdout#get-stdout', 'wasi:io/streams#[method]output-stream.check-write'],
  before: `(global.set $stream (call $stdout.get-stdout))
    (call $streams.output-stream.check-write (global.get $stream) ${RESULT})`,
  handle: '(global.get $stream)',
});

/** A function that is offered, and whether the key that it is called with is there. */
export interface Called {
  readonly interfaceName: string;
  readonly member: string;
  readonly isPresent: boolean;
}

/** All of them, those that take a key twice. What gives handles of what is denied is left out. */
export const everyCall: Called[] = Object.entries(offered).flatMap(([interfaceName, members]) =>
  Object.entries(members).flatMap(([member, text]) => {
    if (!text.startsWith('func') || interfaceName === 'wasi:filesystem/preopens') return [];
    const hasKey = /^func\(borrow<[^>]*bucket>, (list<)?(tuple<)?string/.test(text);
    const one = { interfaceName, member };
    return [{ ...one, isPresent: true }, ...(hasKey ? [{ ...one, isPresent: false }] : [])];
  }),
);

/**
 * A guest that comes by what the function takes, and calls it within so many calls of its own, a number of five
 * bytes in LEB128. It ends with err where the function gave one.
 */
export function guestCalling({ interfaceName, member, isPresent }: Called, depth: number) {
  const members = offered[interfaceName as keyof typeof offered] as Record<string, string>;
  const type = functionOfText(members[member]!);
  const imports = new Set([`${interfaceName}#${member}`]);
  const key = isPresent ? PRESENT : ABSENT;
  let setUp = '';
  let handles = 0;
  const handleOf = (resource: string) => {
    const maker = makers.get(resource)!;
    for (const name of maker.imports) imports.add(name);
    const global = `$handle${handles++}`;
    setUp += ` ${maker.before} (global.set ${global} ${maker.handle})`;
    return `(global.get ${global})`;
  };
  const put = ({ form, parts, resource }: ValueText, place: number): string => {
    if (form === 'tuple') return parts.map((part, at) => put(part!, place + 8 * at)).join(' ');
    if (resource !== undefined) return `(i32.store (i32.const ${place}) ${handleOf(resource)})`;
    const [pointer, length] = form === 'string' ? key.split(') (') : NAME.split(') (');
    return `(i32.store (i32.const ${place}) ${pointer})) (i32.store (i32.const ${place + 4}) (${length})`;
  };
  const given = type.parameters.map((one) => {
    const { form, parts, resource } = one;
    if (resource !== undefined) return handleOf(resource);
    if (form === 'string') return /open/.test(member) ? NAME : key;
    if (form === 'list' && parts[0]!.form === 'u8') return NAME;
    if (form === 'list') {
      const element = put(parts[0]!, LIST);
      setUp += ` ${element}`;
      return `(i32.const ${LIST}) (i32.const 1)`;
    }
    const { parameters } = coreTypeOf({ parameters: [one], result: undefined });
    return parameters.map((core) => `(${core}.const ${core === 'i64' ? 5 : 0})`).join(' ');
  });
  if (/list-keys/.test(member)) given[1] = given[1]!.replaceAll('5', '0');
  const { parameters, results } = coreTypeOf(type);
  const flat = coreTypeOf({ parameters: type.parameters, result: undefined }).parameters;
  const isInMemory = parameters.length > flat.length;
  const call = `(call $${interfaceName.slice(interfaceName.indexOf('/') + 1)}.${member.replace(/^\[\w+\]/, '')}
    ${given.join(' ')} ${isInMemory ? RESULT : ''})`;
  const isResult = isInMemory && type.result!.form === 'result';
  const globals = Array.from(
    { length: handles },
    (_, at) => `(global $handle${at} (mut i32) (i32.const 0))`,
  );
  return guestOf({
    imports: [...imports],
    core: `${DATA} ${globals.join(' ')} (global $stream (mut i32) (i32.const 0))
      (func $deep (param $n i32) (if (i32.eqz (local.get $n))
        (then ${results.length > 0 ? `(drop ${call})` : call})
        (else (call $deep (i32.sub (local.get $n) (i32.const 1))))))
      (func (export "run") (result i32) ${setUp} (call $deep (i32.const ${depth}))
        ${isResult ? `(i32.load8_u ${RESULT})` : '(i32.const 0)'})`,
  });
}
