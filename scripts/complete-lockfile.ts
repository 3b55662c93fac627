import { completeLockfile } from './gates/lockfile.js';

completeLockfile('.');
