import { describe } from 'vitest';
import { operationsBehaviour } from '../conformance/operations.behaviour.js';
import { startSplit } from '../support/split.js';

describe('through a gateway', () => operationsBehaviour(() => startSplit()));
