/** Wraps words to a width. */
import { displayWidth } from './display-width.js';

/**
 * The words after `lead`, on as many lines as they need; no word is broken. Later lines are
 * indented by the width of the lead, or by `indent` if it is given.
 */
export function filled(
  lead: string,
  words: readonly string[],
  columns: number,
  indent = ' '.repeat(lead.length),
): string {
  const lines: string[] = [];
  let line = lead;
  let isEmpty = true;
  for (const word of words) {
    const joined = isEmpty ? line + word : `${line} ${word}`;
    if (displayWidth(joined) <= columns || isEmpty) {
      line = joined;
    } else {
      lines.push(line);
      line = indent + word;
    }
    isEmpty = false;
  }
  return [...lines, line.trimEnd()].join('\n');
}
