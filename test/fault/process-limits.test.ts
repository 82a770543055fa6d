/**
 * Low limits on a process: on the size of its files, its addresses, and how many files it may have open. A write
 * is done, or a line says that it is not; the store stays sound.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isFull, LONG_MS } from '../support/length.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { runKv } from './kv-process.js';
import { contentsOf, expectSound, shown } from './store-contents.js';

const RECORDS = 20_000;

const KIB = 1024;
const MIB = 1024 * KIB;

/** What `prlimit` sets, from the lowest on. */
const limits = {
  fsize: isFull ? series(30, (step) => step * 64 * KIB) : [200 * KIB],
  nofile: isFull ? series(24, (step) => 16 + step) : [22],
  as: isFull ? series(20, (step) => (800 + 100 * step) * MIB) : [1_400 * MIB],
};

const LARGE = 'after '.repeat(300_000);

/** What `a` may hold when it was done. */
const AFTER = new Set([shown('after'), shown(LARGE)]);

const orders = [
  ['set', 'a', 'after'],
  ['set', 'a', '-f', 'large'],
  ['-s', 'new', 'set', 'a', 'after'],
  ['exec', 'script'],
  ['import', 'records'],
  ['import', '--atomic', 'records'],
  ['import', '--mode', 'replace', 'records'],
];

describe.skipIf(spawnSync('prlimit', ['--version']).status !== 0)('a process', () => {
  it.each(Object.entries(limits))(
    'with a low limit `%s` does what it is told to, or says that it cannot',
    async (name, levels) => {
      const folder = temporaryFolder();
      const record = (key: string) => `{"key":"${key}","value":"after"}\n`;
      const keys = ['a', ...series(RECORDS, (step) => `k${step}`)];
      writeFileSync(join(folder, 'records'), keys.map(record).join(''));
      writeFileSync(join(folder, 'large'), LARGE);
      writeFileSync(join(folder, 'script'), 'set b 1\nset a after\n');
      await runKv(folder, ['-s', 'template', 'set', 'a', 'before']);
      writeFileSync(join(folder, 'starts.js'), 'require("node:vm"); setTimeout(() => {}, 1)');
      const told = { done: 0, refused: 0 };
      for (const level of levels) {
        const under = ['prlimit', `--${name}=${level}`];
        const bare = spawnSync(under[0]!, [under[1]!, process.execPath, join(folder, 'starts.js')]);
        // So low that Node itself does not start.
        if (bare.status !== 0) continue;
        for (const words of orders) {
          cpSync(join(folder, 'template'), join(folder, 'store'), { recursive: true });
          const ended = await runKv(folder, ['-s', 'store', ...words], { under });
          const { status, signal, stderr } = ended;
          const what = `${under.join(' ')} ${words.join(' ')}: ${status} ${stderr}`;
          expect(signal, what).toBe(null);
          expect([0, 5, 6], what).toContain(status);
          if (status !== 0) {
            expect(stderr, what).toMatch(/^kv: (script:\d+: )?cannot [^\n]*\n([^\n]*\n)?$/);
            expect(stderr, what).not.toMatch(/^\s+at |mdb|MDB|EFBIG|EMFILE|ENOMEM/m);
          }
          told[status === 0 ? 'done' : 'refused']++;
          const a = (await contentsOf(join(folder, 'store'))).get('default/a');
          const isNew = words.includes('new');
          expect(AFTER.has(a!) || (a === 'before' && (status !== 0 || isNew)), what).toBe(true);
          await expectSound(join(folder, 'store'), what);
          for (const store of ['store', 'new']) {
            rmSync(join(folder, store), { recursive: true, force: true });
          }
        }
      }
      process.stdout.write(`limit ${name}: ${JSON.stringify(told)}\n`);
      expect(told.refused).toBeGreaterThan(0);
    },
    LONG_MS,
  );
});

function series<T>(count: number, member: (step: number) => T): T[] {
  return Array.from({ length: count }, (_, step) => member(step));
}
