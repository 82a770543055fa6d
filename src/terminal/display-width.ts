/**
 * The columns of a terminal that a text takes, character by character.
 *
 * string-width is not used: it counts a family or a flag of several code points as 2, but many
 * terminals (xterm, tmux, the Linux console) use two columns for each code point, so an edited line
 * would be drawn in the wrong place. Versions 7 and 8 also take 13 and 30 times as long, and 20 and
 * 7 KB.
 */

/**
 * Two for East Asian wide characters and emoji, one for the rest, combining marks included: an
 * upper bound, and the width that cli-table3 pads to.
 */
export function displayWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += widthOf(character);
  return width;
}

/** The text, or its beginning followed by `…`, within `width` columns. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let room = width - 1;
  let kept = '';
  for (const character of text) {
    room -= widthOf(character);
    if (room < 0) break;
    kept += character;
  }
  return `${kept}…`;
}

function widthOf(character: string): number {
  if (character >= '\u0300' && character <= '\u036f') return 0;
  return wide.test(character) ? 2 : 1;
}

const wide =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
