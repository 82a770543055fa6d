/** An export to a terminal. */
import { StringDecoder } from 'node:string_decoder';
import { type FormatName, isJsonLines } from '../formats/index.js';
import { outputThrough } from '../terminal/output-through.js';
import type { Output } from '../terminal/terminal.js';
import { visibleJsonLines, visibleText } from '../terminal/visible.js';

/**
 * The output of an export: the same, unless it is a terminal. On a terminal no stored character
 * acts as a control sequence: lines of JSON escape it as JSON does, and are still the same records;
 * other formats show it as `get` does. A write may end within a character.
 */
export function outputOfRecords(output: Output, format: FormatName): Output {
  if (!output.isTerminal) return output;
  const visible = isJsonLines(format) ? visibleJsonLines : visibleText;
  const decoder = new StringDecoder();
  return outputThrough(output, (data) =>
    output.write(visible(typeof data === 'string' ? data : decoder.write(data))),
  );
}
