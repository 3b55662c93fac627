import { describe } from 'vitest';
import { describeOperations } from '../conformance/operations.behaviour.js';
import { startSplit } from '../support/split.js';

describe('through a gateway', () => describeOperations(() => startSplit()));
