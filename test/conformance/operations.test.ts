import { describe } from 'vitest';
import { startApplication } from '../support/application.js';
import { describeOperations } from './operations.behaviour.js';

describe('the monolith', () => describeOperations(() => startApplication()));
