/** Conditions of writes, in the form for scripts, and the scripts' answers if one does not hold. */
import { type Condition, Unmet, unmet } from '../condition.js';
import type { StoredValue, Version } from '../record.js';
import { INLINE_BYTES } from './layout.js';
import { toldValue } from './redis-value.js';
import type { ScriptAnswer } from './shard-calls.js';

/** A condition in the form for scripts. */
export function wordsOf(
  condition: Condition | undefined,
): readonly [kind: string, on: string | Uint8Array] {
  switch (condition?.kind) {
    case undefined:
      return ['', ''];
    case 'version':
      return ['version', String(condition.version)];
    case 'value':
      return ['value', condition.value];
    default:
      return [condition!.kind, ''];
  }
}

/** Why a write was not made; undefined if it was. */
export function refusalOf(
  [word, version]: ScriptAnswer,
  condition: Condition | undefined,
): Unmet | undefined {
  if (String(word) !== 'unmet') return undefined;
  const current = String(version) === '' ? undefined : ofVersion(Number(version));
  return unmet(condition!, current);
}

/**
 * Makes a write if a condition holds. A condition on a value too long for a script is checked
 * against what `get` returns, and the write is made if the record still has that version.
 */
export function writeWhere<T>(
  condition: Condition | undefined,
  get: () => StoredValue | undefined,
  write: (condition: Condition | undefined) => T | Unmet,
): T | Unmet {
  if (condition?.kind !== 'value' || condition.value.length <= INLINE_BYTES) {
    return write(condition);
  }
  for (;;) {
    const current = get();
    const refusal = unmet(condition, current);
    current?.close();
    if (refusal) return refusal;
    const outcome = write({ kind: 'version', version: current!.version });
    if (!(outcome instanceof Unmet)) return outcome;
  }
}

/** A record for a condition that does not hold: its value is another. */
function ofVersion(version: Version): StoredValue {
  return toldValue(Buffer.alloc(0), { size: -1, version });
}
