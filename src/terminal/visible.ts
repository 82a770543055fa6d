/**
 * Escapes stored text, so that it is harmless and visible: whatever a key or a value contains, no
 * byte of it reaches a terminal as a control sequence, or reorders its line.
 *
 * Escapes are `\\`, `\n`, `\t`, `\r`, `\xHH` for other controls and `\u{H…}` for other characters.
 */

/**
 * For a key or a name in one line of a terminal. Different texts never look the same: `unescapeKey`
 * reverses it.
 */
export function visibleLine(text: string): string {
  return replaced(text, unsafeOrBackslash);
}

/**
 * For a sentence, on one line, that may quote keys, names and paths: quoted text looks as it does
 * in a list, except that a backslash stays as it is.
 */
export function visibleMessage(text: string): string {
  return replaced(text, unsafe);
}

/** For a text value on a terminal: newlines, tabs and backslashes stay as they are. */
export function visibleText(text: string): string {
  return replaced(text, unsafeButLayout);
}

/**
 * JSON on one line. Characters that JSON leaves alone but a terminal obeys are escaped as in JSON:
 * `\u009b`. For a reader of JSON it is the same.
 */
export function visibleJson(value: unknown): string {
  return visibleInJson(JSON.stringify(value));
}

/** The same for existing JSON, or a token of it. */
export function visibleInJson(json: string): string {
  return json.search(unsafe) < 0 ? json : json.replace(unsafe, jsonEscaped);
}

/** The same for lines of JSON, which stay lines. */
export function visibleJsonLines(lines: string): string {
  return lines.search(unsafeButLayout) < 0 ? lines : lines.replace(unsafeButLayout, jsonEscaped);
}

/**
 * For a line in a pipe: only characters that could be taken for the end of the line, or an escape.
 */
export function escapeKey(key: string): string {
  return replaced(key, c0OrBackslash);
}

/** Reverses `escapeKey` or `visibleLine`. Any other text stays as it is. */
export function unescapeKey(line: string): string {
  if (!line.includes('\\')) return line;
  return line.replace(anyEscape, (escape: string, byte?: string, point?: string) => {
    const code = byte ?? point;
    if (code === undefined) return charactersOfEscapes[escape]!;
    return String.fromCharCode(Number.parseInt(code, 16));
  });
}

const anyEscape = /\\(?:x([0-9a-f]{2})|u\{([0-9a-f]{4})\}|[\\ntr])/g;

/**
 * Characters that must not reach a terminal, or stand in a line, unescaped: C0, DEL and C1; half a
 * surrogate pair; the controls of writing direction; and the two separators that some terminals and
 * editors take for the end of a line.
 */
export const unsafe = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;
const unsafeOrBackslash = new RegExp(`\\\\|${unsafe.source}`, 'gu');
const unsafeButLayout = new RegExp(`(?![\\n\\t])${unsafe.source}`, 'gu');
const c0OrBackslash = /[\\\x00-\x1f]/g;

const charactersOfEscapes: Readonly<Record<string, string>> = {
  '\\\\': '\\',
  '\\n': '\n',
  '\\t': '\t',
  '\\r': '\r',
};

const shortEscapes = new Map(
  Object.entries(charactersOfEscapes).map(([escape, character]) => [character, escape]),
);

function replaced(text: string, pattern: RegExp): string {
  // Searching first leaves ordinary text as it is, without copying it.
  return text.search(pattern) < 0 ? text : text.replace(pattern, escaped);
}

function escaped(character: string): string {
  const code = character.charCodeAt(0);
  const short = shortEscapes.get(character);
  if (short !== undefined) return short;
  const hex = code.toString(16);
  return code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex.padStart(4, '0')}}`;
}

function jsonEscaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
