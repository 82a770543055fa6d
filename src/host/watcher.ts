/** The exported `wasi:keyvalue/watcher` of a component, with the types of its functions. */
import { Invalid } from '../component/invalid.js';
import { type Exports, exported } from '../component/items.js';
import { funcText } from '../component/type-text.js';
import { KvError } from '../errors.js';

/**
 * The functions called in a component that watches buckets. A bucket is one of
 * `wasi:keyvalue/store` of `version`.
 */
export interface Watcher {
  readonly version: string;
  onSet(bucket: unknown, key: string, value: Uint8Array): void;
  onDelete(bucket: unknown, key: string): void;
}

const NAME = /^wasi:keyvalue\/watcher@(0\.2\.0-draft2?)$/;

/** The exported watcher. Throws `not-a-component` if there is none, or its types are others. */
export function watcherOf(exports: Exports, action: string): Watcher {
  const [name, version = ''] = [...exports.keys()].flatMap((one) => NAME.exec(one) ?? []);
  if (name === undefined) {
    const state = 'it does not export wasi:keyvalue/watcher@0.2.0-draft or @0.2.0-draft2';
    throw new KvError('not-a-component', `cannot ${action}: ${state}`, {
      hint: 'a program is run without --watch',
    });
  }
  const { exports: functions } = exported(exports, 'instance', name);
  const bucket = `own<wasi:keyvalue/store@${version}.bucket>`;
  const call = (member: string, type: string) => {
    const { func } = exported(functions, 'func', member);
    const actual = funcText(func.type);
    if (actual !== type) {
      throw new Invalid(`its ${member} is ${actual}, and kv calls ${type}`);
    }
    return (...values: unknown[]) => void func.call(values);
  };
  return {
    version,
    onSet: call('on-set', `func(${bucket}, string, list<u8>)`),
    onDelete: call('on-delete', `func(${bucket}, string)`),
  };
}
