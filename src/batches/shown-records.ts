/** An export that goes to a terminal. */
import { StringDecoder } from 'node:string_decoder';
import type { FormatName } from '../formats/format.js';
import { outputThrough } from '../terminal/output-through.js';
import type { Output } from '../terminal/terminal.js';
import { visibleJsonLines, visibleText } from '../terminal/visible.js';

/**
 * The output of an export: the same, unless it is a terminal. There no stored character is a control
 * sequence: NDJSON escapes it in JSON's way and is still the same records; the other formats show it
 * as `get` does. A character may be cut by the end of a write.
 */
export function outputOfRecords(output: Output, format: FormatName): Output {
  if (!output.isTerminal) return output;
  const visible = format === 'ndjson' ? visibleJsonLines : visibleText;
  const decoder = new StringDecoder();
  return outputThrough(output, (data) =>
    output.write(visible(typeof data === 'string' ? data : decoder.write(data))),
  );
}
