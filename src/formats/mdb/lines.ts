/** The words that mark the lines of an LMDB dump. */

export const headerEnd = 'HEADER=END';

export const dataEnd = 'DATA=END';

/** The reason if no value's line follows a key. */
export const keyWithoutValue = 'a key without a value';
