/** The words that tell the lines of an LMDB dump apart. */

export const headerEnd = 'HEADER=END';

export const dataEnd = 'DATA=END';

/** The reason where the line behind a key is not a value's. */
export const keyWithoutValue = 'a key without a value';
