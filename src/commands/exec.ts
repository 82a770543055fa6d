import { defineCommand } from '../command.js';
import { runScript } from '../scripts/script-run.js';
import { inputOrStdin } from '../terminal/input-or-stdin.js';

export const command = defineCommand({
  name: 'exec',
  summary: 'Run a script of verbs, one a line',
  details: `A line is what follows kv on a command line, with the quotes and backslashes of a shell and without its
variables; # begins a comment. A quote may span lines. One that opens in the middle of a word, as in {"a":1},
would be lost, and the line is refused: only the value of a name may be in quotes, as a="b c".
What the script prints is on the disk, but with
--atomic only at the end: many short lines share a transaction, and are printed when it is done.

The first error ends the script, with the verb's exit status and the line's number; what came before it
stays. exists may say no. With -q nothing is said of a key that is absent or a condition that is not met,
which the status tells. With --keep-going errors are told and the script goes on. With --atomic all of
it is one transaction.

A bare kv runs what a pipe or a file brings to its stdin in the same way.`,
  access: 'each',
  inScripts: false,
  arguments: [
    { name: 'file', summary: 'the script; stdin if left out', optional: true, completes: 'file' },
  ],
  options: {
    atomic: { summary: 'one transaction: an error undoes everything' },
    keepGoing: { summary: 'go on after an error, and end with the status of the first' },
  },
  examples: [
    { line: "echo 'incr a' | kv", summary: 'one verb, or many' },
    { line: 'kv exec nightly.kv', summary: 'a file of verbs' },
    { line: "printf 'incr a\\nincr b\\n' | kv exec --atomic", summary: 'both, or none' },
  ],

  async run(context, { file, atomic, keepGoing }, { readLine }) {
    return runScript(context, {
      readLine,
      input: await inputOrStdin(context.terminal, 'exec', file),
      name: file === undefined || file === '-' ? 'stdin' : file,
      atomic,
      keepGoing,
    });
  },
});
