/**
 * Guests that try to take more than they may, or lie about what they give: each ends by a trap that is
 * named, or is refused, in one line; the process lives to say it, and the store is as it was.
 */
import { type ExecFileException, execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allowed } from '../guests/hostile/allowed.js';
import { amounts } from '../guests/hostile/amounts.js';
import { lies } from '../guests/hostile/lies.js';
import type { Case } from '../guests/hostile/parts.js';
import { refused } from '../guests/hostile/refused.js';
import { bytesOfGuest } from '../support/hostile-guest.js';
import { Shell } from '../support/shell.js';

const groups = {
  'what a guest makes exist is bounded:': amounts,
  'what a guest says is looked at:': lies,
  'what looks odd and is right goes through:': allowed,
  'what a component is made of is looked at:': refused,
};

/** What all guests run on, side by side: a store with two keys, which are all that there is afterwards. */
let shell: Shell;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kv-test-'));
  shell = new Shell(folder);
  await run('kv set victim untouched; head -c 64M /dev/zero | kv set zeroes');
  return () => rmSync(folder, { recursive: true });
});

describe.each(Object.entries(groups))('%s', (_, cases) => {
  test.concurrent.each(Object.entries(cases))('%s', (name, one) => expectEnd(name, one));

  afterAll(async () => {
    const ended = await run('kv get victim; kv keys; kv store info --json');
    expect(ended.stdout).toMatch(/^untouchedvictim\nzeroes\n.*"uploads":0\b/);
  });
});

async function expectEnd(
  name: string,
  { guest, options = '', heap, status = 71, says }: Case,
): Promise<void> {
  const folder = join(shell.folder, name.replace(/\W/g, '-'));
  mkdirSync(folder);
  writeFileSync(join(folder, 'x.wasm'), await bytesOfGuest(guest));
  const node = heap === undefined ? '' : `NODE_OPTIONS=--max-old-space-size=${heap}`;
  const ended = await run(`cd ${folder} && ${node} kv run x.wasm ${options}`);
  const [message = '', ...rest] = ended.stderr.split('\n');
  expect(message.replace(/^kv: /, '')).toMatch(says ?? /^$/);
  expect([ended.status, rest]).toEqual([status, says ? [''] : []]);
  expect(ended.stdout).toBe('');
}

/** As `shell.run`, which is for one test at a time. */
async function run(script: string): Promise<{ status: unknown; stdout: string; stderr: string }> {
  const { folder: cwd, env } = shell;
  try {
    const ended = await promisify(execFile)('bash', ['-c', script], { cwd, env, timeout: 240_000 });
    return { ...ended, status: 0 };
  } catch (failure) {
    const { code, signal, stdout, stderr } = failure as ExecFileException;
    return { status: code ?? signal, stdout: String(stdout), stderr: String(stderr) };
  }
}
