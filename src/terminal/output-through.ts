import type { Output } from './terminal.js';

/**
 * The same output with another way to write. Its columns are read only when needed, since that
 * loads a stream.
 */
export function outputThrough(target: Output, write: Output['write']): Output {
  return {
    isTerminal: target.isTerminal,
    get columns() {
      return target.columns;
    },
    style: target.style,
    ...(target.isDumb && { isDumb: true as const }),
    ...(target.laysOutJson && { laysOutJson: true as const }),
    ...(target.whenUnread && { whenUnread: (tell) => target.whenUnread!(tell) }),
    write,
  };
}
