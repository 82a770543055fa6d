#!/usr/bin/env node
// CommonJS, by the package.json beside it: Node starts it sooner than a module.

// Node takes SIGUSR1 for a wish to open its debugger on a port. A listener that comes and goes
// leaves the system's own action, which ends the process.
const listener = () => {};
process.on('SIGUSR1', listener).off('SIGUSR1', listener);

require('../dist/start.cjs').start();
