/** What the lines of a dump of LMDB are told apart by. */

/** What the line of a key or a value begins with. */
export const SPACE = 0x20;
export const NEWLINE = 0x0a;

export const headerEnd = 'HEADER=END';

export const dataEnd = 'DATA=END';

/** The reason where the line behind a key is not a value's. */
export const keyWithoutValue = 'a key without a value';
