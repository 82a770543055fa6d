/**
 * Patterns for keys, as redis and sqlite have them: `*`, `?`, `[a-z]`, `[^a]`, and `` before any
 * of these.
 */
import { KvError } from '../errors.js';

const STAR = -1;
const ANY_CHARACTER = -2;
/** Sets of characters are numbered downwards from here. */
const FIRST_SET = -3;

interface CharacterSet {
  readonly isNegated: boolean;
  /** Code points: the first and the last of each range. */
  readonly ranges: readonly (readonly [first: number, last: number])[];
}

/** Matches the bytes of whole keys. `*` matches any characters, `/` included. */
export class Glob {
  /** The prefix of every key that matches. */
  readonly prefix: string;
  /** Each is a byte, one of the constants, or a set. */
  readonly #tokens: readonly number[];
  readonly #sets: readonly CharacterSet[];

  /** Throws `usage` for an unclosed `[`, and for a `\` at the end. */
  constructor(pattern: string) {
    const sets: CharacterSet[] = [];
    const tokens: number[] = [];
    const characters = [...pattern];
    let prefix = '';
    let isLiteral = true;
    for (let at = 0; at < characters.length; at++) {
      let character = characters[at]!;
      if (character === '*') {
        if (tokens.at(-1) !== STAR) tokens.push(STAR);
        isLiteral = false;
        continue;
      }
      if (character === '?') {
        tokens.push(ANY_CHARACTER);
        isLiteral = false;
        continue;
      }
      if (character === '[') {
        const end = setEnd(characters, at, pattern);
        tokens.push(FIRST_SET - sets.length);
        isLiteral = false;
        sets.push(characterSet(characters.slice(at + 1, end)));
        at = end;
        continue;
      }
      if (character === '\\') {
        character = characters[++at] ?? refuse(pattern, 'a \\ ends it');
      }
      if (isLiteral) prefix += character;
      tokens.push(...Buffer.from(character));
    }
    this.prefix = prefix;
    this.#tokens = tokens;
    this.#sets = sets;
  }

  /**
   * Whether the key in `bytes` matches. Takes time proportional to the product of both lengths at
   * worst.
   */
  matches(bytes: Buffer, start: number, end: number): boolean {
    const tokens = this.#tokens;
    let at = start;
    let token = 0;
    // The position of the last star, and how far its match has been tried.
    let star = -1;
    let tried = start;
    for (;;) {
      const wanted = tokens[token];
      if (wanted === STAR) {
        star = token++;
        tried = at;
        if (token === tokens.length) return true;
        continue;
      }
      if (wanted === undefined && at === end) return true;
      const next = wanted === undefined || at === end ? -1 : this.#step(bytes, at, wanted);
      if (next >= 0) {
        at = next;
        token++;
      } else {
        if (star === -1 || tried === end) return false;
        tried += characterLength(bytes[tried]!);
        at = tried;
        token = star + 1;
      }
    }
  }

  /** Where the next character begins; -1 if this one does not match. */
  #step(bytes: Buffer, at: number, wanted: number): number {
    if (wanted >= 0) return bytes[at] === wanted ? at + 1 : -1;
    const next = at + characterLength(bytes[at]!);
    if (wanted === ANY_CHARACTER) return next;
    const { isNegated, ranges } = this.#sets[FIRST_SET - wanted]!;
    const point = bytes.toString('utf8', at, next).codePointAt(0)!;
    const isIn = ranges.some(([first, last]) => first <= point && point <= last);
    return isIn === isNegated ? -1 : next;
  }
}

function setEnd(characters: readonly string[], start: number, pattern: string): number {
  let at = start + 1;
  if (characters[at] === '^' || characters[at] === '!') at++;
  // A bracket in the first place is a member of the set.
  if (characters[at] === ']') at++;
  for (; at < characters.length; at++) {
    if (characters[at] === '\\') at++;
    else if (characters[at] === ']') return at;
  }
  return refuse(pattern, 'a [ is not closed');
}

function characterSet(characters: readonly string[]): CharacterSet {
  const isNegated = characters[0] === '^' || characters[0] === '!';
  const members: { readonly point: number; readonly isPlain: boolean }[] = [];
  for (let at = isNegated ? 1 : 0; at < characters.length; at++) {
    const isPlain = characters[at] !== '\\' || at + 1 === characters.length;
    members.push({ point: characters[isPlain ? at : ++at]!.codePointAt(0)!, isPlain });
  }
  const ranges: (readonly [number, number])[] = [];
  for (let at = 0; at < members.length; at++) {
    const { point } = members[at]!;
    const isRange = members[at + 1]?.isPlain && members[at + 1]!.point === 0x2d;
    const last = isRange ? members[at + 2]?.point : undefined;
    if (last !== undefined) at += 2;
    ranges.push([point, last ?? point]);
  }
  return { isNegated, ranges };
}

/** Bytes of the UTF-8 character with this first byte. */
function characterLength(lead: number): number {
  return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

function refuse(pattern: string, state: string): never {
  throw new KvError('usage', `"${pattern}" is no pattern: ${state}`, {
    hint: 'a \\ before *, ?, [ and \\ takes them as they are',
  });
}
