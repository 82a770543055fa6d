import { expect, it } from 'vitest';
import { unlessUnread } from '../../src/terminal/stoppable-output.js';
import { plainStyle } from '../../src/terminal/style.js';

it('unlessUnread() waits once for a reader who does not read, after a signal', async () => {
  const written: unknown[] = [];
  const never = new Promise<void>(() => {});
  const controller = new AbortController();
  const output = unlessUnread(
    {
      isTerminal: false,
      columns: 80,
      style: plainStyle,
      write(data) {
        written.push(data);
        return written.length === 1 ? Promise.resolve() : never;
      },
    },
    controller.signal,
  );
  await output.write('read');
  controller.abort();
  for (let line = 0; line < 1000; line++) await output.write('unread');
  expect(written).toEqual(['read', 'unread']);
});
