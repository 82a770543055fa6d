/** The moment of a backup in a message, and a comma behind it; empty for a backup of records, which has none. */
export function momentOf(transaction: number | undefined): string {
  return transaction === undefined ? '' : `transaction ${transaction}, `;
}
