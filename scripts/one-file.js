/**
 * Links the chunks of a program into one CommonJS file. esbuild splits a program where code is loaded when
 * it is needed, and where others share it; here each chunk becomes a function, which runs when it is first
 * asked for. So a start makes only the functions and classes of what its verb uses, and V8 keeps only
 * their code: less of both than where all of a program stands in one scope.
 */
import { basename } from 'node:path';
import { transform } from 'esbuild';

/**
 * The text of that file. `chunks` are esbuild's modules, and `entry` is the path of the one that the program
 * begins with. What a chunk exports is taken when it has run, once: nothing of it may change later. Throws
 * where what esbuild has written is not understood.
 */
export async function inOneFile({ outputFiles, metafile }, entry, options) {
  const chunks = Object.entries(metafile.outputs).map(([path, { imports }]) => ({
    path,
    links: imports.filter(({ external }) => !external).length,
    text: outputFiles.find((file) => file.path.endsWith(path)).text,
  }));
  const numbers = new Map(chunks.map(({ path }, at) => [basename(path), at]));
  const functions = await Promise.all(
    chunks.map(async ({ path, links, text }) => {
      const linked = link(text, numbers);
      if (linked.links !== links) throw new Error(`${path}: ${linked.links} of ${links} links`);
      const { code } = await transform(linked.text, { ...options, format: 'cjs' });
      return `function(module){${code}}`;
    }),
  );
  return `${LOADER}[\n${functions.join(',\n')}];module.exports=chunk(${numbers.get(basename(entry))});`;
}

const LOADER =
  '"use strict";const made=[];function chunk(at){let module=made[at];' +
  'if(module===undefined){made[at]=module={exports:{}};chunks[at](module)}return module.exports}' +
  'const chunks=';

/** A chunk's text, asking for other chunks by their numbers, and how often it does. */
function link(text, numbers) {
  let links = 0;
  const chunk = (name) => {
    links++;
    return `chunk(${numbers.get(name)})`;
  };
  const linked = text
    .replace(/import\{([^}]*)\}from"\.\/([^"]+)";/g, (_, names, name) => {
      return `const{${pairs(names, ([theirs, ours]) => `${theirs}:${ours}`)}}=${chunk(name)};`;
    })
    .replace(/import"\.\/([^"]+)";/g, (_, name) => `${chunk(name)};`)
    .replace(/import\("\.\/([^"]+)"\)/g, (_, name) => `Promise.resolve().then(()=>${chunk(name)})`)
    // Node's own modules are what a default import of them is, without a copy of all that they have.
    .replace(/import(?: |\*as )([\w$]+) from"(node:[\w/]+|[a-z_/]+)";/g, 'const $1=require("$2");')
    .replace(/export\{([^}]*)\};/g, (_, names) => {
      return `module.exports={${pairs(names, ([ours, theirs]) => `${theirs}:${ours}`)}};`;
    });
  return { text: linked, links };
}

/** Of a list of `name` and `name as other`, each as `pairOf` puts it. */
function pairs(names, pairOf) {
  const all = names.split(',').map((name) => name.split(' as '));
  return all.map(([name, other = name]) => pairOf([name, other])).join();
}
