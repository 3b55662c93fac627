import { writeOrCheck } from './deploy/write-or-check.js';
import { diagrams } from './diagrams/target.js';

writeOrCheck([diagrams]);
