/** Running programs side by side: their time, and the most anonymous memory they held. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

const SAMPLE_MILLISECONDS = 10;

/**
 * Runs a program with files for stdin and stdout. Returns seconds, MiB of RssAnon at the peak, and
 * milliseconds to the first byte where stdout is to be read here (`stdout: 'pipe'`).
 */
export async function run(
  command,
  args,
  { stdin = '/dev/null', stdout = '/dev/null', stderr = 'inherit', env } = {},
) {
  const input = openSync(stdin, 'r');
  const output = stdout === 'pipe' ? 'pipe' : openSync(stdout, 'w');
  const began = performance.now();
  const child = spawn(command, args, {
    stdio: [input, output, stderr],
    env: { ...process.env, ...env },
  });
  let peak = 0;
  const sampler = setInterval(() => {
    peak = Math.max(peak, anonymousMemory(child.pid));
  }, SAMPLE_MILLISECONDS);
  let firstByte;
  child.stdout?.on('data', () => {
    firstByte ??= performance.now() - began;
  });
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const seconds = (performance.now() - began) / 1000;
  clearInterval(sampler);
  closeSync(input);
  if (typeof output === 'number') closeSync(output);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
  return { seconds, peak, firstByte };
}

/**
 * Runs each of several things in turn, several times over, but not again after a round of more than `longest`
 * seconds; returns the seconds of each by name.
 */
export async function sideBySide(rounds, contestants, longest = Number.POSITIVE_INFINITY) {
  const samples = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    let spent = 0;
    for (const [name, contest] of Object.entries(contestants)) {
      const { seconds } = await contest();
      samples[name].push(seconds);
      spent += seconds;
    }
    if (spent > longest) break;
  }
  return samples;
}

export function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

function anonymousMemory(pid) {
  try {
    const [, kib] = readFileSync(`/proc/${pid}/status`, 'latin1').match(/^RssAnon:\s+(\d+)/m);
    return kib / 1024;
  } catch {
    return 0; // It has ended.
  }
}
