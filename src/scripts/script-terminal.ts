/** The terminal for the lines of a script. */
import { KvError } from '../errors.js';
import { stoppable } from '../terminal/stoppable-output.js';
import type { Input, Terminal } from '../terminal/terminal.js';

/** For a verb that would read the script itself. */
const nothing: Input = {
  kind: 'none',
  chunks() {
    throw new KvError('usage', 'cannot read stdin: the script comes from there', {
      hint: 'try: kv exec FILE, which leaves stdin to its lines, or a file in the place of the -',
    });
  },
};

/**
 * A terminal whose outputs stop at the signal. If the script comes through stdin, its verbs find
 * nothing there.
 */
export function terminalOfScript(terminal: Terminal, input: Input, signal: AbortSignal): Terminal {
  const stdout = stoppable(terminal.stdout, signal);
  const stderr = stoppable(terminal.stderr, signal);
  return {
    ...terminal,
    stdout,
    stderr,
    openOutput: (path, output = stdout) => terminal.openOutput(path, output),
    openAppend: (path, output = stdout, anew) => terminal.openAppend(path, output, anew),
    ...(input === terminal.stdin && {
      stdin: nothing,
      openInput: (path: string, own = nothing) => terminal.openInput(path, own),
      canAsk: false,
    }),
  };
}
