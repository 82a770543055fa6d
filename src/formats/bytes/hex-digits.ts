/** Hexadecimal digits, as bytes. */

/** The value of each digit, in either case; -1 for any other byte. */
export const hexValues = new Int8Array(256).fill(-1);

/** The lower-case digit of each value. */
export const hexDigits = Buffer.from('0123456789abcdef');

for (const [index, digit] of [...'0123456789abcdefABCDEF'].entries()) {
  hexValues[digit.charCodeAt(0)] = index < 16 ? index : index - 6;
}
