/**
 * What the transpiler imports, which is itself a component: the build puts this in the place of the
 * package that would give it the process's files and environment. It gets what a guest gets.
 */
import { IoError } from '../io/error.js';
import { InputStream, OutputStream } from '../io/streams.js';
import { wasiCli } from './wasi-cli.js';
import { wasiClocks } from './wasi-clocks.js';
import { wasiFilesystem } from './wasi-filesystem.js';
import { wasiRandom } from './wasi-random.js';

const nothing = { read: () => undefined, ended: true, write() {} };
const cli = wasiCli([], {
  stdin: nothing,
  stdout: nothing,
  stderr: nothing,
  isTerminal: { stdin: false, stdout: false, stderr: false },
  drain() {},
});
const filesystem = wasiFilesystem();

export const environment = cli['wasi:cli/environment'];
export const exit = cli['wasi:cli/exit'];
export const stdin = cli['wasi:cli/stdin'];
export const stdout = cli['wasi:cli/stdout'];
export const stderr = cli['wasi:cli/stderr'];
export const terminalInput = cli['wasi:cli/terminal-input'];
export const terminalOutput = cli['wasi:cli/terminal-output'];
export const terminalStdin = cli['wasi:cli/terminal-stdin'];
export const terminalStdout = cli['wasi:cli/terminal-stdout'];
export const terminalStderr = cli['wasi:cli/terminal-stderr'];
export const monotonicClock = wasiClocks()['wasi:clocks/monotonic-clock'];
export const wallClock = wasiClocks()['wasi:clocks/wall-clock'];
export const preopens = filesystem['wasi:filesystem/preopens'];
export const types = filesystem['wasi:filesystem/types'];
export const error = { Error: IoError };
export const streams = { InputStream, OutputStream };
export const random = wasiRandom()['wasi:random/random'];
