import { startApplication } from '../support/application.js';
import { operationsBehaviour } from './operations.behaviour.js';

operationsBehaviour(() => startApplication());
