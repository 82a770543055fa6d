/** Upgrades a store; says when it begins and when it has ended. */
import { maintenanceOf } from '../../../src/store/open.js';
import { leave, outcomeOf, say } from './program.js';

const upgrade = (await maintenanceOf(process.argv[2]!)).upgrade();
await say('begin');
await say(await outcomeOf(() => upgrade.run({})));
leave();
