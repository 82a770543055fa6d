/** How a guest's run ended. */
import { KvError } from '../errors.js';
import { Exit } from './wasi-cli.js';

/** The status of a guest whose `run` gave `err`. */
const ERR_STATUS = 1;

/**
 * The exit status of a guest whose run threw this: the status that it gave to `exit`, or that of an
 * `err`, which is thrown without a payload. Throws `trapped` with the name of the trap; `action` is
 * what was tried.
 */
export function statusOf(thrown: unknown, action: string): number {
  if (thrown === undefined) return ERR_STATUS;
  if (thrown instanceof Exit) return thrown.status;
  if (thrown instanceof KvError) throw thrown;
  throw new KvError('trapped', `cannot ${action}: it trapped: ${trapOf(thrown)}`, {
    cause: thrown,
  });
}

/** Whether V8 stopped what it ran, since its time was over. */
export function isTimeout(thrown: unknown): boolean {
  return (thrown as { code?: string } | undefined)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}

/** A trap by its name: the toolchain's words, or those of the function of the host that refused. */
function trapOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'an error that is none of its interface';
  const [line = ''] = thrown.message.split('\n', 1);
  if (thrown instanceof RangeError) {
    if (line.includes('call stack')) return 'call stack exhausted';
    if (line.includes('Out of memory')) return 'it needs more memory than it may have';
  }
  return line.replace(/^wasm trap: (wasm )?/, '');
}
