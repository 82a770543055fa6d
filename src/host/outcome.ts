/** How a guest's run ended. */
import { KvError } from '../errors.js';
import { Exit } from './wasi-cli.js';

/** The status of a guest whose `run` gave `err`. */
const ERR_STATUS = 1;

/**
 * The exit status of a guest whose run threw this: the status that it gave to `exit`, or that of an
 * `err`, which is thrown without a payload. Throws `timed-out`, and `trapped` with the name of the
 * trap; `action` is what was tried, `timeout` in milliseconds.
 */
export function statusOf(thrown: unknown, action: string, timeout?: number): number {
  if (thrown === undefined) return ERR_STATUS;
  if (thrown instanceof Exit) return thrown.status;
  if (thrown instanceof KvError) throw thrown;
  if ((thrown as { code?: string }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
    throw new KvError('timed-out', `cannot ${action}: it was stopped after ${timeout} ms`);
  }
  throw new KvError('trapped', `cannot ${action}: it trapped: ${trapOf(thrown)}`, {
    cause: thrown,
  });
}

/** A trap by its name: V8's words, or those of the function of the host that refused. */
function trapOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'an error that is none of its interface';
  const [line = ''] = thrown.message.split('\n', 1);
  if (thrown instanceof RangeError && line.includes('call stack')) return 'call stack exhausted';
  return line.replace(/^WebAssembly\.\w+\(\):\s*/, '');
}
