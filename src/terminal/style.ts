/** The two ways of emphasis: colour by chalk, and none. */
import type { Style } from './terminal.js';

export const plainStyle: Style = {
  bold: (text) => text,
  dim: (text) => text,
  red: (text) => text,
  green: (text) => text,
  yellow: (text) => text,
  cyan: (text) => text,
};

/** Chalk costs 4 ms to load, so it is loaded only where colour is shown. */
export async function colorStyle(): Promise<Style> {
  const { Chalk } = await import('chalk');
  // The level is ours to set: chalk's own guess knows neither NO_COLOR nor which stream is meant.
  // The first sixteen colours are those that a person has chosen for their terminal.
  return new Chalk({ level: 1 });
}
