/** Waits for the word, then appends many lines of its own, and one piece of a given size, to one value. */
import { hear, leave, openKeyvalue, say } from './program.js';

const [path, name, lines, size] = process.argv.slice(2) as [string, string, string, string];
const { store } = await openKeyvalue(path);
const bucket = store.bucket('test')!;
await say('ready');
await hear();
const append = (text: string) => {
  const upload = store.upload();
  upload.append(Buffer.from(text));
  bucket.append('log', upload);
  upload.close();
};
for (let line = 0; line < Number(lines); line++) append(`${name} ${line} ${'x'.repeat(line)}\n`);
if (Number(size) > 0) append(`${name} long ${name.repeat(Number(size))}\n`);
await store.close();
leave();
