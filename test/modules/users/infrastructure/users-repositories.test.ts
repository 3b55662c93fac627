import { engines } from '../../adapters.js';
import { usersBehaviour } from '../users.behaviour.js';

for (const [engine, open] of engines) usersBehaviour(engine, open);
