/** Counts, sizes and ages for a person. */

/** `1 key`, `2 keys`; `several` is for nouns with another plural. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}

/** `0 B`, `1023 B`, `1.5 MiB`, `16 GiB`: three digits at most, except for bytes. */
export function humanSize(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  // From 1023.5 on, rounding would show 1024 of a unit.
  while (amount >= (unit === 0 ? 1024 : 1023.5) && unit < sizeUnits.length - 1) {
    amount /= 1024;
    unit++;
  }
  const digits = unit > 0 && amount < 9.95 ? 1 : 0;
  return `${amount.toFixed(digits)} ${sizeUnits[unit]}`;
}

/** `12 B`, or `2.0 KiB (2048 bytes)` if it is rounded. */
export function exactSize(bytes: number): string {
  const size = humanSize(bytes);
  return size === `${bytes} B` ? size : `${size} (${bytes} bytes)`;
}

const sizeUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** `just now`, `42 s ago`, `3 h ago`, `12 d ago`; `in 5 min` if clocks disagree. */
export function relativeTime(milliseconds: number, now: number): string {
  const age = now - milliseconds;
  const seconds = Math.floor(Math.abs(age) / 1000);
  if (seconds < 1) return 'just now';
  const [size, name] = timeUnits.find(([size]) => seconds >= size)!;
  const text = `${Math.floor(seconds / size)} ${name}`;
  return age < 0 ? `in ${text}` : `${text} ago`;
}

/** Seconds in a unit, longest first. */
const timeUnits: readonly (readonly [number, string])[] = [
  [365 * 86_400, 'y'],
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
];
