/** Some tests have a short form and a full one. `npm run test:full` runs the full one. */
export const isFull = process.env.KV_TEST_FULL === '1';
