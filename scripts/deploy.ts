import { targets } from './deploy/targets.js';
import { writeOrCheck } from './deploy/write-or-check.js';

writeOrCheck(targets);
