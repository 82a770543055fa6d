/** The lock file deleted or replaced while processes write: none of them writes beside another one. */
import { copyFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isFull, LONG_MS } from '../support/length.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { runKv, startKv } from './kv-process.js';

const WRITERS = 4;

/** How often the lock file goes. */
const TIMES = isFull ? 100 : 6;

/** How the lock file may go. */
const removals: readonly ((lock: string) => void)[] = [
  (lock) => rmSync(lock, { force: true }),
  (lock) => {
    rmSync(lock, { force: true });
    writeFileSync(lock, '');
  },
  (lock) => renameSync(lock, `${lock}-moved`),
  // Another one, that has been used.
  (lock) => {
    copyFileSync(lock, `${lock}-copy`);
    renameSync(`${lock}-copy`, lock);
  },
];

describe('a lock file that goes while four processes write', () => {
  it(
    'stops those who have it open, and no acknowledged write is lost',
    async () => {
      const folder = temporaryFolder();
      const acknowledged = new Array<number>(WRITERS).fill(0);
      const refused = new Set<string>();
      await runKv(folder, ['-s', 'store', 'set', 'seed', 'x']);
      let isOver = false;
      let heard = () => {};

      const write = async (writer: number) => {
        while (!isOver) {
          const { process: child, ended } = startKv(folder, ['-s', 'store', 'exec']);
          const count = () => child.stdin.write(`incr w${writer}\n`);
          child.stdout.on('data', (text: string) => {
            for (const number of text.trim().split('\n')) acknowledged[writer] = Number(number);
            heard();
            if (isOver) child.stdin.end();
            else count();
          });
          count();
          const { status, signal, stderr } = await ended;
          expect({ signal, status }, stderr).toEqual({ signal: null, status: isOver ? status : 6 });
          if (status !== 0) {
            expect(stderr).toMatch(
              /^kv: [^\n]*its lock\.mdb was removed [^\n]*\nend every process [^\n]*\n$/,
            );
            refused.add(stderr.includes('cannot open') ? 'open' : 'write');
          }
        }
      };

      const writers = Array.from({ length: WRITERS }, (_, writer) => write(writer));
      const remove = async () => {
        for (let time = 0; time < TIMES; time++) {
          // Every writer that can has written since.
          for (let count = 0; count < 20; count++)
            await new Promise<void>((done) => {
              heard = done;
            });
          const removal = removals[time % removals.length]!;
          try {
            removal(join(folder, 'store/lock.mdb'));
          } catch {
            // Nobody has made a new one yet.
          }
        }
        isOver = true;
      };
      await Promise.all([remove(), ...writers]);

      const keys = Array.from({ length: WRITERS }, (_, writer) => `w${writer}`);
      const { status, stdout } = await runKv(folder, [
        '-s',
        'store',
        'get-many',
        '--json',
        ...keys,
      ]);
      expect(status).toBe(0);
      const values = stdout
        .trim()
        .split('\n')
        .map((line) => Number(JSON.parse(line).value));
      // A count that was committed, but not told, is there as well.
      for (const [writer, value] of values.entries()) {
        expect(value - acknowledged[writer]!, `w${writer} of ${values}`).toBeGreaterThanOrEqual(0);
      }
      expect(refused).toContain('write');
      const total = acknowledged.reduce((sum, number) => sum + number, 0);
      process.stdout.write(
        `lock file: gone ${TIMES} times, ${total} counts acknowledged, none lost\n`,
      );
    },
    LONG_MS,
  );

  it('that is a symbolic link is refused', async () => {
    const folder = temporaryFolder();
    await runKv(folder, ['-s', 'store', 'set', 'a', '1']);
    renameSync(join(folder, 'store/lock.mdb'), join(folder, 'lock.mdb'));
    symlinkSync('../lock.mdb', join(folder, 'store/lock.mdb'));
    for (const words of [
      ['get', 'a'],
      ['set', 'a', '2'],
    ]) {
      const { status, stderr } = await runKv(folder, ['-s', 'store', ...words]);
      expect(status).toBe(6);
      expect(stderr).toMatch(
        /^kv: cannot lock store "store": its lock.mdb is a symbolic link\nremove the link /,
      );
    }
  });
});
