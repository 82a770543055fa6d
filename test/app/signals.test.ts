import { expect, it } from 'vitest';
import { interruptible } from '../../src/app/signals.js';
import { until } from '../support/shell.js';

it('a signal that comes with the first one is the same, and a later one ends the process', async () => {
  const listeners = () => process.listenerCount('SIGINT');
  const before = listeners();
  await interruptible(async (signal) => {
    process.emit('SIGINT', 'SIGINT');
    expect(signal.reason).toMatchObject({ code: 'interrupted', signal: 'SIGINT' });
    // Without a listener it would end the process.
    expect(listeners()).toBe(before + 1);
    process.emit('SIGINT', 'SIGINT');
    await until(() => listeners() === before);
  });
  expect(listeners()).toBe(before);
});
