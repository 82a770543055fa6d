#!/usr/bin/env node
// CommonJS, by the package.json beside it: Node starts it sooner than a module.
require('../dist/kv.cjs').main(process.argv.slice(2), process.env);
